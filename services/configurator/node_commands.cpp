// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <iterator>

#include "common/base/file.hpp"
#include "common/base/free_space.hpp"
#include "configurator/command_line.hpp"
#include "configurator/command_steps.hpp"
#include "configurator/commands.hpp"
#include "configurator/follow/configure.hpp"
#include "configurator/host/system_host.hpp"
#include "configurator/node/node_certificates.hpp"
#include "configurator/node/node_steps.hpp"
#include "configurator/state/journal.hpp"

namespace millrace::configurator {
namespace {

constexpr Flag images_flag = {
    .name = "images",
    .fallback = "/usr/share/millrace/images,/var/lib/millrace/images",
    .help = "Folders of image archives, separated by commas."};
constexpr Flag marks_flag = {
    .name = "marks",
    .fallback = "/var/lib/millrace/cluster/images",
    .help = "Where is kept which archives are imported."};

constexpr Flag running_flag = {
    .name = "running",
    .kind = Flag::Kind::boolean,
    .fallback = "false",
    .help = "The node's programs run: images stay, whole or not."};

/// The files of a folder; none where it is not there.
Result<std::vector<std::string>> files_in(std::filesystem::path const& folder) {
    auto const files = list_folder(folder);
    if (!files && files.error().code == ErrorCode::not_found)
        return std::vector<std::string>();
    if (!files)
        return std::unexpected(files.error());
    std::vector<std::string> names;
    for (std::filesystem::path const& file : *files)
        names.push_back(file.string());
    return names;
}

Result<std::vector<std::string>> archives_in(std::vector<std::string> const& folders) {
    std::vector<std::string> archives;
    for (std::string const& folder : folders) {
        auto const names = files_in(folder);
        if (!names)
            return names;
        std::ranges::copy_if(*names, std::back_inserter(archives), [](std::string const& name) {
            return name.ends_with(".tar");
        });
    }
    return archives;
}

/// Whether the disk has room for the archive's content and, while it is unpacked, for both forms of
/// it; what is root's alone stays free.
Result<void> check_room(std::string const& archive) {
    constexpr std::int64_t times_its_size = 3;
    std::error_code code;
    auto const size = std::filesystem::file_size(archive, code);
    if (code)
        return failure(ErrorCode::storage, "Cannot read " + archive + ": " + code.message() + ".");
    std::filesystem::path const folder = node_folder;
    return check_free_space(
        folder, free_bytes(folder), times_its_size * static_cast<std::int64_t>(size));
}

/// The files that are filled in.
Result<std::vector<std::string>> template_names() {
    std::vector<std::string> names;
    for (auto const* folder : {"cni", "config"}) {
        auto const files = files_in(std::filesystem::path(node_templates) / folder);
        if (!files)
            return files;
        for (std::string const& file : *files)
            names.push_back(file.substr(node_templates.size() + 1));
    }
    return names;
}

/// What the two commands begin with.
struct Images {
    Journal marks;
    std::vector<std::string> archives;
    std::vector<Step> steps;

    static Result<Images> find(FlagValues const& flags) {
        auto const archives = archives_in(flags.list("images"));
        auto marks = Journal::open(flags.text("marks"));
        if (!archives || !marks)
            return std::unexpected((!archives ? archives.error() : marks.error()));
        return Images{std::move(*marks), *archives, image_steps(*archives)};
    }
    /// Leaves out those that there is no room for. Those of `needed`, without which nothing runs,
    /// are tried all the same: root's part of the disk is for them, too.
    void leave_what_has_no_room(std::string const& needed) {
        std::vector<std::string> wanted;
        for (std::size_t at = 0; at < archives.size(); ++at) {
            bool const is_tried =
                archives[at].starts_with(needed + "/") || marks.completed().contains(steps[at].id);
            auto const room = is_tried ? Result<void>() : check_room(archives[at]);
            if (room)
                wanted.push_back(archives[at]);
            else
                complain(
                    archives[at] + " is not imported: " + room.error().detail +
                    " It is tried again when this machine starts.");
        }
        steps = image_steps(wanted);
    }
    /// Of the archives that are there: one that comes back under the name of one that is gone is
    /// another one.
    std::set<std::string> completed() const {
        std::set<std::string> ids;
        for (Step const& step : steps)
            if (marks.completed().contains(step.id))
                ids.insert(step.id);
        return ids;
    }
    bool are_whole() const { return completed().size() == steps.size(); }
};

/// Images are brought at a start, and where a person brings one: one after the other. Until it is
/// closed it is our turn.
Result<FileDescriptor> wait_for_turn(std::filesystem::path const& folder) {
    if (auto made = make_directories(folder, 0700); !made)
        return std::unexpected(made.error());
    FileDescriptor lock(::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock.is_open() || ::flock(lock.get(), LOCK_EX) != 0)
        return std::unexpected(storage_error("Cannot lock " + folder.string()));
    return lock;
}

}  // namespace

int run_node(std::vector<std::string> const& words) {
    auto const flags = read_flags("node", words, {images_flag, marks_flag, running_flag});
    if (!flags)
        return flags.error();
    auto images = Images::find(*flags);
    auto const settings = read_node_settings();
    auto const templates = template_names();
    auto const life = read_certificate_life();
    if (!images || !settings || !templates || !life)
        return complain((!images      ? images.error()
                         : !settings  ? settings.error()
                         : !templates ? templates.error()
                                      : life.error())
                            .detail);
    bool const are_whole = flags->boolean("running") || images->are_whole();
    // First: a cut between the two must not leave marks of what was thrown away.
    if (!are_whole)
        if (auto const forgotten = images->marks.keep_completed({}); !forgotten)
            return complain(forgotten.error().detail);
    return perform_all(node_steps(
        *settings,
        {.templates = *templates, .images_are_whole = are_whole, .certificate_life = *life}));
}

int run_certificates(std::vector<std::string> const& words) {
    auto const flags = read_flags(
        "certificates", words,
        {{.name = "folder", .help = "Of the node's files.", .required = true},
         {.name = "address", .help = "The node's own.", .required = true},
         {.name = "api-address", .help = "Of the Service \"kubernetes\".", .required = true}});
    if (!flags)
        return flags.error();
    return perform_all({certificates_step(
        flags->text("folder"),
        {.node = flags->text("address"), .api = flags->text("api-address")})});
}

int run_ready(std::vector<std::string> const& words) {
    auto const flags = read_flags("ready", words, {});
    return flags ? perform_all({ready_step()}) : flags.error();
}

int run_webhooks(std::vector<std::string> const& words) {
    auto const flags = read_flags("webhooks", words, {});
    return flags ? perform_all({ready_step(), webhooks_step()}) : flags.error();
}

int run_images(std::vector<std::string> const& words) {
    auto const flags = read_flags("images", words, {images_flag, marks_flag});
    if (!flags)
        return flags.error();
    auto const turn = wait_for_turn(flags->text("marks"));
    if (!turn)
        return complain(turn.error().detail);
    auto images = Images::find(*flags);
    if (!images)
        return complain(images.error().detail);
    images->leave_what_has_no_room(flags->list("images").front());
    SystemHost host("/");
    std::set<std::string> const completed = images->completed();
    if (auto const kept = images->marks.keep_completed(completed); !kept)
        return complain(kept.error().detail);
    ConfigurationMachine machine(images->steps, completed);
    return told(machine, perform(machine, host, [&](ConfigurationMachine const& now) {
                    return images->marks.keep_completed(now.completed());
                }));
}

}  // namespace millrace::configurator
