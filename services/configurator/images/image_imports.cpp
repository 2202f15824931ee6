// SPDX-License-Identifier: Apache-2.0
#include "configurator/images/image_imports.hpp"

#include "common/base/file.hpp"
#include "configurator/follow/configure.hpp"
#include "configurator/images/image_room.hpp"
#include "configurator/node/node_steps.hpp"

namespace millrace::configurator {
namespace {

/// Among the marks while there is an import: no archive has this name.
constexpr auto under_way = "under way";

std::string name_of(std::string const& archive) {
    return archive.substr(archive.rfind('/') + 1);
}

/// None where a folder is not there.
Result<std::vector<std::string>> archives_in(std::vector<std::string> const& folders) {
    std::vector<std::string> archives;
    for (std::string const& folder : folders) {
        auto const files = list_folder(folder);
        if (!files && files.error().code == ErrorCode::not_found)
            continue;
        if (!files)
            return std::unexpected(files.error());
        for (std::filesystem::path const& file : *files)
            if (file.extension() == ".tar")
                archives.push_back(file.string());
    }
    return archives;
}

}  // namespace

Result<ImageImports> ImageImports::open(ImportOptions options) {
    auto archives = archives_in(options.folders);
    auto marks = Journal::open(options.marks);
    if (!archives || !marks)
        return std::unexpected((!archives ? archives.error() : marks.error()));
    return ImageImports(std::move(options), std::move(*marks), std::move(*archives));
}

bool ImageImports::are_whole() const {
    return !marks_.completed().contains(under_way);
}

Result<void> ImageImports::forget() {
    return keep({}, true);
}

Result<void> ImageImports::keep(std::set<std::string> done, bool is_under_way) {
    if (is_under_way)
        done.emplace(under_way);
    return marks_.keep_completed(std::move(done));
}

/// What is root's alone stays free.
Result<void> ImageImports::check_room(std::string const& archive) const {
    std::error_code code;
    auto const bytes = std::filesystem::file_size(archive, code);
    if (code)
        return failure(ErrorCode::storage, "Cannot read it: " + code.message() + ".");
    return check_free_space(
        options_.disk, options_.free_bytes(options_.disk),
        room_to_import(static_cast<std::int64_t>(bytes)));
}

std::vector<Step> ImageImports::steps(Brought& brought) const {
    std::vector<std::string> wanted;
    for (std::string const& archive : archives_) {
        std::string const name = name_of(archive);
        bool const is_tried = archive.starts_with(options_.folders.front() + "/") ||
                              marks_.completed().contains(name);
        auto const room = is_tried ? Result<void>() : check_room(archive);
        if (room) {
            wanted.push_back(archive);
            continue;
        }
        brought.left_out.insert(name);
        brought.problems.push_back(
            archive + " is not imported: " + room.error().detail +
            " It is tried again when this machine starts.");
    }
    return image_steps(wanted);
}

Result<ImageImports::Brought> ImageImports::bring(Host& host) {
    Brought brought;
    std::vector<Step> wanted = steps(brought);
    std::set<std::string> before;
    for (Step const& step : wanted)
        if (marks_.completed().contains(step.id))
            before.insert(step.id);
    bool const has_work = before.size() < wanted.size();
    if (auto kept = keep(before, has_work); !kept)
        return std::unexpected(kept.error());
    ConfigurationMachine machine(std::move(wanted), before);
    auto const done = perform(machine, host, [&](ConfigurationMachine const& now) {
        return keep(now.completed(), has_work);
    });
    if (!done)
        return std::unexpected(done.error());
    for (StepReport const& report : machine.reports())
        if (!report.problem.empty())
            brought.problems.push_back(report.problem);
    brought.is_done = *done;
    if (*done)
        if (auto kept = keep(machine.completed(), false); !kept)
            return std::unexpected(kept.error());
    return brought;
}

}  // namespace millrace::configurator
