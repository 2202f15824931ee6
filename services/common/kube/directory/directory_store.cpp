// SPDX-License-Identifier: Apache-2.0
#include "common/kube/directory/directory_store.hpp"

#include "common/base/clock.hpp"
#include "common/base/encoding.hpp"
#include "common/base/yaml.hpp"
#include "common/kube/directory/directory_files.hpp"
#include "common/kube/directory/directory_watch.hpp"

namespace millrace {
namespace {

mode_t file_mode(ResourceKind const& kind) {
    return kind == kinds::secret ? 0600 : 0640;
}

Result<void> write_yaml(
    std::filesystem::path const& path, Json const& value, ResourceKind const& kind) {
    if (auto made = make_directories(path.parent_path(), 0750); !made)
        return made;
    return write_file_atomic(path, dump_yaml(value), file_mode(kind));
}

Error one_error(Faults const& faults) {
    bool const missing = faults.size() == 1 && faults.front().problem.starts_with("There is no");
    return Error(missing ? ErrorCode::not_found : ErrorCode::invalid, to_string(faults));
}

/// What a change of which makes a new generation: everything but metadata and status.
Json content_of(Json const& object) {
    Json content = object;
    content.erase("metadata");
    content.erase("status");
    return content;
}

Result<void> check_names(ResourceName const& name) {
    for (std::string const& part : {name.name_space, name.name})
        if (!is_resource_name(part))
            return failure(
                ErrorCode::invalid,
                "\"" + part.substr(0, 80) +
                    "\" is no name: lower-case letters, digits, '-' and '.', at most 63.");
    return {};
}

/// Sets what the server owns: uid, creation time, generation.
void set_server_fields(Resource& resource, Resource const* before) {
    Json& metadata = resource.object["metadata"];
    metadata["namespace"] = resource.name().name_space;
    bool const changed =
        before == nullptr || content_of(before->object) != content_of(resource.object);
    metadata["generation"] = (before == nullptr ? 0 : before->generation()) + (changed ? 1 : 0);
    metadata["uid"] = before == nullptr || before->uid().empty() ? random_uuid() : before->uid();
    std::string const created =
        before == nullptr ? "" : string_at(before->object, "metadata/creationTimestamp");
    metadata["creationTimestamp"] =
        created.empty() ? format_rfc3339(std::chrono::floor<seconds>(system_now())) : created;
}

}  // namespace

DirectoryStore::DirectoryStore(asio::any_io_executor executor, std::filesystem::path root)
    : executor_(std::move(executor)),
      root_(std::move(root)) {
    auto made = make_directories(root_, 0700);
    if (made)
        if (auto lock = StoreLock::take(root_); !lock)
            made = std::unexpected(lock.error());
    if (!made)
        throw StartupError("--state: " + made.error().detail);
}

DirectoryStore::~DirectoryStore() = default;

Task<Result<Resource>> DirectoryStore::get(ResourceKind const& kind, ResourceName name) {
    if (auto const valid = check_names(name); !valid)
        co_return std::unexpected(valid.error());
    auto resource = read_object(root_, kind, name);
    if (!resource)
        co_return std::unexpected(one_error(resource.error()));
    co_return std::move(*resource);
}

Task<Result<std::vector<Resource>>> DirectoryStore::list(ResourceKind const& kind) {
    std::vector<Resource> resources;
    for (ResourceName const& name : list_names(root_, kind))
        if (auto resource = read_object(root_, kind, name))
            resources.push_back(std::move(*resource));
    co_return resources;
}

Task<Result<Resource>> DirectoryStore::apply(ResourceKind const& kind, Resource resource) {
    ResourceName const name = resource.name();
    if (auto const valid = check_names(name); !valid)
        co_return std::unexpected(valid.error());
    auto const lock = StoreLock::take(root_);
    if (!lock)
        co_return std::unexpected(lock.error());
    auto const before = read_object(root_, kind, name);
    bool const exists = before.has_value();
    std::string const expected = resource.resource_version();
    if (!expected.empty() && (!exists || before->resource_version() != expected))
        co_return failure(
            ErrorCode::conflict,
            std::string(kind.kind) + " " + name.text() + " was changed meanwhile; read it again.");
    resource.object["metadata"].erase("resourceVersion");
    resource.object.erase("status");
    set_server_fields(resource, exists ? &*before : nullptr);
    auto const written = write_yaml(object_paths(root_, kind, name).object, resource.object, kind);
    if (!written)
        co_return std::unexpected(written.error());
    auto stored = read_object(root_, kind, name);
    if (!stored)
        co_return std::unexpected(one_error(stored.error()));
    co_return std::move(*stored);
}

Task<Result<void>> DirectoryStore::put_status(
    ResourceKind const& kind, ResourceName name, Json status) {
    if (auto const valid = check_names(name); !valid)
        co_return std::unexpected(valid.error());
    auto const lock = StoreLock::take(root_);
    if (!lock)
        co_return std::unexpected(lock.error());
    if (!std::filesystem::exists(object_paths(root_, kind, name).object))
        co_return failure(
            ErrorCode::not_found,
            "There is no " + std::string(kind.kind) + " " + name.text() + ".");
    co_return write_yaml(object_paths(root_, kind, name).status, status, kind);
}

Task<Result<void>> DirectoryStore::remove(ResourceKind const& kind, ResourceName name) {
    if (auto const valid = check_names(name); !valid)
        co_return std::unexpected(valid.error());
    auto const lock = StoreLock::take(root_);
    if (!lock)
        co_return std::unexpected(lock.error());
    ObjectPaths const paths = object_paths(root_, kind, name);
    for (auto const& path : {paths.object, paths.status}) {
        std::error_code error;
        std::filesystem::remove(path, error);
        if (error)
            co_return failure(
                ErrorCode::storage,
                "Cannot remove " + path.string() + ": " + error.message() + ".");
    }
    co_return Result<void>();
}

std::unique_ptr<Watch> DirectoryStore::watch(ResourceKind const& kind) {
    return std::make_unique<DirectoryWatch>(executor_, root_, kind);
}

}  // namespace millrace
