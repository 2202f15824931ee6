// SPDX-License-Identifier: Apache-2.0
// Private to common/kube.
#pragma once

#include <filesystem>

#include "common/base/file.hpp"
#include "common/kube/resource_store.hpp"

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
/// Faults: not found ("does not exist"), YAML, wrong kind or name.
Checked<Resource> read_object(
    std::filesystem::path const& root, ResourceKind const& kind, ResourceName const& name);

/// The names of all objects of `kind`, sorted, at most 5,000.
std::vector<ResourceName> list_names(std::filesystem::path const& root, ResourceKind const& kind);

/// Holds the store's lock file against other processes until destroyed. Writers hold it for the
/// few ms of one read and one write.
class StoreLock {
public:
    static Result<StoreLock> take(std::filesystem::path const& root);

private:
    explicit StoreLock(FileDescriptor file) : file_(std::move(file)) {}
    FileDescriptor file_;
};

}  // namespace millrace
