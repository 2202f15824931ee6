// SPDX-License-Identifier: Apache-2.0
// Private to common/kube.
#pragma once

#include <expected>
#include <filesystem>
#include <optional>

#include "common/base/file.hpp"
#include "common/kube/told_objects.hpp"

namespace millrace {

/// Where one object and its status are kept under a store's root.
struct ObjectPaths {
    std::filesystem::path object;
    std::filesystem::path status;
};

std::filesystem::path kind_folder(
    std::filesystem::path const& root, std::string_view half, ResourceKind const& kind);
ObjectPaths object_paths(
    std::filesystem::path const& root, ResourceKind const& kind, ResourceName const& name);

/// Reads and checks one object with its status; resourceVersion is a hash of both files.
std::expected<Resource, ObjectProblem> read_object(
    std::filesystem::path const& root, ResourceKind const& kind, ResourceName const& name);

/// What to write for `object` under this name. Errors: `invalid` with every fault that read_object
/// would find in it.
Result<std::string> object_text(
    std::filesystem::path const& root, ResourceKind const& kind, ResourceName const& name,
    Json const& object);

/// What is in the folder, sorted: nothing where there is no such folder (any more). Errors:
/// `storage`.
Result<std::vector<std::filesystem::path>> list_if_there(std::filesystem::path const& folder);
/// The names of all objects of `kind`, sorted. Errors: `storage` (a folder that cannot be read is
/// not empty); `too_large` above 20,000.
Result<std::vector<ResourceName>> list_names(
    std::filesystem::path const& root, ResourceKind const& kind);
/// The name of the object that `file` of the namespace's folder holds; nothing for other files.
std::optional<ResourceName> object_name(
    std::string const& name_space, std::filesystem::path const& file);

/// Holds the store's lock file against other processes until destroyed. Writers hold it for the
/// few ms of one read and one write. Blocks: not for the thread of an io_context.
class StoreLock {
public:
    /// Errors: `storage`; `unavailable` when another process holds it for 5 s.
    static Result<StoreLock> take(std::filesystem::path const& root);

private:
    explicit StoreLock(FileDescriptor file) : file_(std::move(file)) {}
    FileDescriptor file_;
};

}  // namespace millrace
