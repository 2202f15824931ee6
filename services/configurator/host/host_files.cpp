// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "common/base/file.hpp"
#include "configurator/host/filled_template.hpp"
#include "configurator/host/kept_file.hpp"
#include "configurator/host/system_host.hpp"

namespace millrace::configurator {
namespace {

/// What is in a folder; one that is not there has nothing.
Result<std::vector<std::filesystem::path>> files_of(std::filesystem::path const& folder) {
    auto files = list_folder(folder);
    if (!files && files.error().code == ErrorCode::not_found)
        return std::vector<std::filesystem::path>();
    return files;
}

Result<void> remove_file(std::filesystem::path const& path) {
    std::error_code code;
    bool const was_there = std::filesystem::remove(path, code);
    if (code)
        return failure(
            ErrorCode::storage, "Cannot remove " + path.string() + ": " + code.message() + ".");
    return was_there ? sync_folder(path.parent_path()) : Result<void>();
}

}  // namespace

Result<bool> SystemHost::has(WriteFile const& file) const {
    auto const path = at(file.path);
    auto const found = file_content(path);
    if (!found)
        return std::unexpected(found.error());
    return *found == file.content.reveal() && file_mode(path) == file.mode;
}

Result<bool> SystemHost::has(RemoveFile const& file) const {
    auto const found = file_content(at(file.path));
    if (!found)
        return std::unexpected(found.error());
    return !found->has_value();
}

Result<bool> SystemHost::has(KeepFolder const& folder) const {
    auto const files = files_of(at(folder.path));
    if (!files)
        return std::unexpected(files.error());
    if (files->size() != folder.files.size())
        return false;
    for (WriteFile const& file : folder.files)
        if (auto const holds = has(file); !holds || !*holds)
            return holds;
    return true;
}

Result<bool> SystemHost::has(FillTemplate const& one) const {
    auto const wanted = filled(one);
    auto const found = file_content(at(one.path));
    if (!wanted || !found)
        return std::unexpected((!wanted ? wanted.error() : found.error()));
    return *found == *wanted;
}

Result<bool> SystemHost::has(CopyFile const& one) const {
    auto const wanted = content_that_must_be(one.from);
    auto const found = file_content(at(one.path));
    if (!wanted || !found)
        return std::unexpected((!wanted ? wanted.error() : found.error()));
    return *found == *wanted;
}

Result<bool> SystemHost::has(KeepDirectory const& one) const {
    struct stat status{};
    return ::stat(at(one.path).c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
           status.st_uid == one.owner && file_mode(at(one.path)) == one.mode;
}

Result<bool> SystemHost::has(EmptyFolder const& folder) const {
    auto const files = files_of(at(folder.path));
    if (!files)
        return std::unexpected(files.error());
    return files->empty();
}

Result<void> SystemHost::bring(WriteFile const& file) const {
    return write_kept(at(file.path), file.content.reveal(), file.mode);
}

Result<void> SystemHost::bring(RemoveFile const& file) const {
    return remove_file(at(file.path));
}

Result<void> SystemHost::bring(KeepFolder const& folder) const {
    auto const files = files_of(at(folder.path));
    if (!files)
        return std::unexpected(files.error());
    for (std::filesystem::path const& found : *files)
        if (std::ranges::none_of(
                folder.files, [&](WriteFile const& file) { return at(file.path) == found; }))
            if (auto removed = remove_file(found); !removed)
                return removed;
    for (WriteFile const& file : folder.files)
        if (auto written = bring(file); !written)
            return written;
    return {};
}

Result<void> SystemHost::bring(FillTemplate const& one) const {
    auto const wanted = filled(one);
    return wanted ? write_kept(at(one.path), *wanted, 0644) : std::unexpected(wanted.error());
}

Result<void> SystemHost::bring(CopyFile const& one) const {
    auto const wanted = content_that_must_be(one.from);
    return wanted ? write_kept(at(one.path), *wanted, 0644) : std::unexpected(wanted.error());
}

Result<void> SystemHost::bring(KeepDirectory const& one) const {
    auto const path = at(one.path);
    if (auto made = make_directories(path, one.mode); !made)
        return made;
    if (::chmod(path.c_str(), one.mode) != 0 || ::chown(path.c_str(), one.owner, one.owner) != 0)
        return std::unexpected(storage_error("Cannot give " + path.string() + " its owner"));
    return sync_folder(path.parent_path());
}

Result<void> SystemHost::bring(EmptyFolder const& folder) const {
    auto const files = files_of(at(folder.path));
    if (!files)
        return std::unexpected(files.error());
    for (std::filesystem::path const& found : *files) {
        std::error_code code;
        std::filesystem::remove_all(found, code);
        if (code)
            return failure(
                ErrorCode::storage,
                "Cannot remove " + found.string() + ": " + code.message() + ".");
    }
    return files->empty() ? Result<void>() : sync_folder(at(folder.path));
}

Result<std::string> SystemHost::content_that_must_be(std::string const& path) const {
    auto text = file_content(at(path));
    if (!text)
        return std::unexpected(text.error());
    if (!*text)
        return failure(ErrorCode::not_found, "There is no " + path + ".");
    return std::move(**text);
}

Result<std::string> SystemHost::filled(FillTemplate const& one) const {
    auto const text = content_that_must_be(one.template_path);
    if (!text)
        return text;
    auto result = filled_template(*text, one.values);
    if (!result)
        return failure(result.error().code, one.template_path + ": " + result.error().detail);
    return result;
}

}  // namespace millrace::configurator
