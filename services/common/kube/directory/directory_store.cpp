// SPDX-License-Identifier: Apache-2.0
#include "common/kube/directory/directory_store.hpp"

#include "common/base/clock.hpp"
#include "common/base/encoding.hpp"
#include "common/base/yaml.hpp"
#include "common/kube/directory/directory_files.hpp"
#include "common/kube/directory/directory_watch.hpp"

namespace millrace {
namespace {

constexpr std::size_t jobs_max = 4096;

mode_t file_mode(ResourceKind const& kind) {
    return kind == kinds::secret ? 0600 : 0640;
}

Result<void> write_text(
    std::filesystem::path const& path, std::string_view text, ResourceKind const& kind,
    Durability durability) {
    if (auto made = make_directories(path.parent_path(), 0750); !made)
        return made;
    return write_file_atomic(path, text, file_mode(kind), durability);
}

/// What a change of which makes a new generation: everything but metadata and status.
Json content_of(Json const& object) {
    Json content = object;
    content.erase("metadata");
    content.erase("status");
    return content;
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

std::unexpected<Error> no_such(ResourceKind const& kind, ResourceName const& name) {
    return failure(
        ErrorCode::not_found, "There is no " + std::string(kind.kind) + " " + name.text() + ".");
}

Result<Resource> get_object(
    std::filesystem::path const& root, ResourceKind const& kind, ResourceName const& name) {
    auto resource = read_object(root, kind, name);
    if (!resource && resource.error().code == ErrorCode::not_found)
        return no_such(kind, name);
    if (!resource)
        return std::unexpected(resource.error().error());
    return std::move(*resource);
}

Result<std::vector<Resource>> list_objects(
    std::filesystem::path const& root, ResourceKind const& kind, Selector const& selector) {
    auto const names = list_names(root, kind);
    if (!names)
        return std::unexpected(names.error());
    std::vector<Resource> resources;
    for (ResourceName const& name : *names) {
        auto resource = read_object(root, kind, name);
        if (!resource && resource.error().code == ErrorCode::storage)
            return std::unexpected(resource.error().error());
        if (resource && selector.matches(*resource))
            resources.push_back(std::move(*resource));
    }
    return resources;
}

Result<Resource> apply_object(
    std::filesystem::path const& root, ResourceKind const& kind, Resource resource) {
    ResourceName const name = resource.name();
    auto const lock = StoreLock::take(root);
    if (!lock)
        return std::unexpected(lock.error());
    auto const before = read_object(root, kind, name);
    // What is there and cannot be read now must not be taken for nothing.
    if (!before && before.error().code == ErrorCode::storage)
        return std::unexpected(before.error().error());
    bool const exists = before.has_value();
    std::string const expected = resource.resource_version();
    if (!expected.empty() && (!exists || before->resource_version() != expected))
        return failure(
            ErrorCode::conflict,
            std::string(kind.kind) + " " + name.text() + " was changed meanwhile; read it again.");
    resource.object["metadata"].erase("resourceVersion");
    resource.object.erase("status");
    set_server_fields(resource, exists ? &*before : nullptr);
    auto const text = object_text(root, kind, name, resource.object);
    if (!text)
        return std::unexpected(text.error());
    auto const written =
        write_text(object_paths(root, kind, name).object, *text, kind, Durability::power_cut);
    if (!written)
        return std::unexpected(written.error());
    return get_object(root, kind, name);
}

/// Whether the object still is the one of that uid. Pre: its name is locked.
Result<void> check_uid(
    std::filesystem::path const& root, ResourceKind const& kind, ResourceName const& name,
    std::string const& uid) {
    if (uid.empty())
        return {};
    auto const object = get_object(root, kind, name);
    if (!object)
        return std::unexpected(object.error());
    if (object->uid() == uid)
        return {};
    return failure(
        ErrorCode::conflict,
        std::string(kind.kind) + " " + name.text() + " was deleted and made again meanwhile.");
}

Result<void> put_object_status(
    std::filesystem::path const& root, ResourceKind const& kind, ResourceName const& name,
    Json const& status, std::string const& uid) {
    auto const lock = StoreLock::take(root);
    if (!lock)
        return std::unexpected(lock.error());
    ObjectPaths const paths = object_paths(root, kind, name);
    std::error_code fault;
    bool const exists = std::filesystem::exists(paths.object, fault);
    if (fault)
        return failure(
            ErrorCode::storage,
            "Cannot look at " + paths.object.string() + ": " + fault.message() + ".");
    if (!exists)
        return no_such(kind, name);
    if (auto const same = check_uid(root, kind, name, uid); !same)
        return same;
    return write_text(paths.status, dump_yaml(status), kind, Durability::process);
}

Result<void> remove_object(
    std::filesystem::path const& root, ResourceKind const& kind, ResourceName const& name,
    std::string const& uid) {
    auto const lock = StoreLock::take(root);
    if (!lock)
        return std::unexpected(lock.error());
    auto const same = check_uid(root, kind, name, uid);
    if (!same && same.error().code != ErrorCode::not_found)
        return same;
    ObjectPaths const paths = object_paths(root, kind, name);
    for (auto const& path : {paths.object, paths.status}) {
        std::error_code fault;
        std::filesystem::remove(path, fault);
        if (fault)
            return failure(
                ErrorCode::storage,
                "Cannot remove " + path.string() + ": " + fault.message() + ".");
    }
    return {};
}

}  // namespace

DirectoryStore::DirectoryStore(asio::any_io_executor executor, std::filesystem::path root)
    : executor_(executor),
      root_(std::move(root)),
      worker_(std::move(executor), jobs_max, "store") {
    auto made = make_directories(root_, 0700);
    if (made)
        if (auto lock = StoreLock::take(root_); !lock)
            made = std::unexpected(lock.error());
    if (!made)
        throw StartupError("--state: " + made.error().detail);
}

DirectoryStore::~DirectoryStore() = default;

Task<Result<ResourceKind const*>> DirectoryStore::discover(KindWords words) {
    if (ResourceKind const* known = find_kind(words.api_version, words.kind); known != nullptr)
        co_return known;
    co_return failure(ErrorCode::invalid, "A folder keeps no " + words.text() + ".");
}

Task<Result<Resource>> DirectoryStore::get(ResourceKind const& kind, ResourceName name) {
    if (auto const valid = check_names(name); !valid)
        co_return std::unexpected(valid.error());
    co_return co_await worker_.run(
        [root = root_, &kind, name] { return get_object(root, kind, name); });
}

Task<Result<std::vector<Resource>>> DirectoryStore::list(
    ResourceKind const& kind, Selector selector) {
    co_return co_await worker_.run(
        [root = root_, &kind, selector] { return list_objects(root, kind, selector); });
}

Task<Result<Resource>> DirectoryStore::apply(ResourceKind const& kind, Resource resource) {
    if (auto const valid = check_names(resource.name()); !valid)
        co_return std::unexpected(valid.error());
    co_return co_await worker_.run(
        [root = root_, &kind, resource] { return apply_object(root, kind, resource); });
}

Task<Result<void>> DirectoryStore::put_status(
    ResourceKind const& kind, ResourceName name, Json status, std::string uid) {
    if (auto const valid = check_names(name); !valid)
        co_return std::unexpected(valid.error());
    co_return co_await worker_.run([root = root_, &kind, name, status, uid] {
        return put_object_status(root, kind, name, status, uid);
    });
}

Task<Result<void>> DirectoryStore::remove(
    ResourceKind const& kind, ResourceName name, std::string uid) {
    if (auto const valid = check_names(name); !valid)
        co_return std::unexpected(valid.error());
    co_return co_await worker_.run(
        [root = root_, &kind, name, uid] { return remove_object(root, kind, name, uid); });
}

std::unique_ptr<Watch> DirectoryStore::watch(ResourceKind const& kind, Selector selector) {
    return std::make_unique<DirectoryWatch>(executor_, worker_, root_, kind, std::move(selector));
}

}  // namespace millrace
