// SPDX-License-Identifier: Apache-2.0
#include "common/kube/directory/directory_files.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "common/base/clock.hpp"
#include "common/base/encoding.hpp"
#include "common/base/yaml.hpp"

namespace millrace {
namespace {

constexpr std::size_t object_bytes_max = 1 << 20;
constexpr std::size_t objects_max = 20'000;
constexpr milliseconds lock_patience = 5s;
constexpr milliseconds lock_pause = 5ms;

std::expected<Json, ObjectProblem> parse_mapping(
    std::filesystem::path const& path, std::string_view text) {
    auto documents = parse_yaml(text, path.string());
    if (!documents)
        return std::unexpected(ObjectProblem{.faults = documents.error()});
    if (documents->size() != 1 || !documents->front().value.is_object())
        return std::unexpected(
            ObjectProblem{.faults = {{path.string(), "must hold exactly one YAML mapping."}}});
    return std::move(documents->front().value);
}

std::expected<Json, ObjectProblem> read_yaml(
    std::filesystem::path const& path, std::string& content) {
    auto text = read_file(path, object_bytes_max);
    if (!text) {
        bool const is_known =
            text.error().code == ErrorCode::not_found || text.error().code == ErrorCode::storage;
        return std::unexpected(ObjectProblem{
            .code = is_known ? text.error().code : ErrorCode::invalid,
            .faults = {{path.string(), text.error().detail}}});
    }
    auto mapping = parse_mapping(path, *text);
    if (mapping)
        content += *text;
    return mapping;
}

Faults check_identity(
    Json const& object, ResourceKind const& kind, ResourceName const& name,
    std::filesystem::path const& path) {
    JsonReader reader(object, path.string());
    auto const expect = [&](std::string_view at, std::string const& wanted) {
        std::string const found = reader.required_string(at);
        if (!found.empty() && found != wanted)
            reader.fault(at, "must be \"" + wanted + "\", not \"" + found + "\".");
    };
    expect("apiVersion", kind.api_version());
    expect("kind", std::string(kind.kind));
    expect("metadata/name", name.name);
    std::string const name_space = reader.optional_string("metadata/namespace", name.name_space);
    if (name_space != name.name_space)
        reader.fault("metadata/namespace", "must be \"" + name.name_space + "\", its folder.");
    return reader.take_faults();
}

}  // namespace

std::filesystem::path kind_folder(
    std::filesystem::path const& root, std::string_view half, ResourceKind const& kind) {
    return root / half / kind.folder();
}

ObjectPaths object_paths(
    std::filesystem::path const& root, ResourceKind const& kind, ResourceName const& name) {
    std::filesystem::path const below =
        std::filesystem::path(name.name_space) / (name.name + ".yaml");
    return {kind_folder(root, "objects", kind) / below, kind_folder(root, "status", kind) / below};
}

std::expected<Resource, ObjectProblem> read_object(
    std::filesystem::path const& root, ResourceKind const& kind, ResourceName const& name) {
    ObjectPaths const paths = object_paths(root, kind, name);
    std::string content;
    auto object = read_yaml(paths.object, content);
    if (!object)
        return std::unexpected(object.error());
    if (Faults faults = check_identity(*object, kind, name, paths.object); !faults.empty())
        return std::unexpected(ObjectProblem{.faults = std::move(faults)});
    object->erase("status");
    // A status that is missing or half-written by hand is as good as none: it is written again.
    auto status = read_yaml(paths.status, content);
    if (!status && status.error().code == ErrorCode::storage)
        return std::unexpected(status.error());
    if (status)
        (*object)["status"] = std::move(*status);
    (*object)["metadata"]["namespace"] = name.name_space;
    (*object)["metadata"]["resourceVersion"] = std::to_string(fnv1a(content));
    return Resource{std::move(*object)};
}

Result<std::string> object_text(
    std::filesystem::path const& root, ResourceKind const& kind, ResourceName const& name,
    Json const& object) {
    std::filesystem::path const path = object_paths(root, kind, name).object;
    std::string text = dump_yaml(object);
    auto const read = parse_mapping(path, text);
    Faults const faults = read ? check_identity(*read, kind, name, path) : read.error().faults;
    if (faults.empty())
        return text;
    return failure(ErrorCode::invalid, to_string(faults));
}

std::optional<ResourceName> object_name(
    std::string const& name_space, std::filesystem::path const& file) {
    std::string name = file.stem().string();
    if (file.extension() != ".yaml" || !is_resource_name(name) || !is_resource_name(name_space))
        return std::nullopt;
    return ResourceName{.name_space = name_space, .name = std::move(name)};
}

Result<std::vector<std::filesystem::path>> list_if_there(std::filesystem::path const& folder) {
    auto paths = list_folder(folder);
    if (!paths && paths.error().code == ErrorCode::not_found)
        return std::vector<std::filesystem::path>();
    return paths;
}

Result<std::vector<ResourceName>> list_names(
    std::filesystem::path const& root, ResourceKind const& kind) {
    std::vector<ResourceName> names;
    auto const name_spaces = list_if_there(kind_folder(root, "objects", kind));
    if (!name_spaces)
        return std::unexpected(name_spaces.error());
    for (std::filesystem::path const& folder : *name_spaces) {
        auto const files = list_if_there(folder);
        if (!files)
            return std::unexpected(files.error());
        for (std::filesystem::path const& file : *files)
            if (auto name = object_name(folder.filename().string(), file))
                names.push_back(std::move(*name));
    }
    if (names.size() > objects_max)
        return failure(
            ErrorCode::too_large, "There are more than " + std::to_string(objects_max) + " " +
                                      std::string(kind.plural) + " in " + root.string() + ".");
    std::ranges::sort(names);
    return names;
}

Result<StoreLock> StoreLock::take(std::filesystem::path const& root) {
    std::filesystem::path const path = root / "lock";
    FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file.is_open())
        return std::unexpected(storage_error("Cannot open " + path.string()));
    SteadyTime const deadline = steady_now() + lock_patience;
    for (;;) {
        if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0)
            return StoreLock(std::move(file));
        if (errno != EWOULDBLOCK && errno != EINTR)
            return std::unexpected(storage_error("Cannot lock " + path.string()));
        if (steady_now() > deadline)
            return failure(
                ErrorCode::unavailable,
                path.string() + " has been locked by another process for 5 s.");
        // A lock on a file has no wake-up with a deadline. A writer holds it for milliseconds.
        ::timespec const pause{.tv_nsec = nanoseconds(lock_pause).count()};
        ::nanosleep(&pause, nullptr);
    }
}

}  // namespace millrace
