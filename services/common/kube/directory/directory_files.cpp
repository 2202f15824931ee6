// SPDX-License-Identifier: Apache-2.0
#include "common/kube/directory/directory_files.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>

#include "common/base/encoding.hpp"
#include "common/base/yaml.hpp"

namespace millrace {
namespace {

constexpr std::size_t object_bytes_max = 1 << 20;
constexpr std::size_t objects_max = 5'000;

Checked<Json> read_yaml(std::filesystem::path const& path, std::string& content) {
    auto text = read_file(path, object_bytes_max);
    if (!text)
        return std::unexpected(Faults{{path.string(), text.error().detail}});
    auto documents = parse_yaml(*text, path.string());
    if (!documents)
        return std::unexpected(documents.error());
    content += *text;
    if (documents->size() != 1 || !documents->front().value.is_object())
        return std::unexpected(Faults{{path.string(), "must hold exactly one YAML mapping."}});
    return std::move(documents->front().value);
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

Checked<Resource> read_object(
    std::filesystem::path const& root, ResourceKind const& kind, ResourceName const& name) {
    ObjectPaths const paths = object_paths(root, kind, name);
    std::string content;
    auto object = read_yaml(paths.object, content);
    if (!object)
        return std::unexpected(object.error());
    if (Faults faults = check_identity(*object, kind, name, paths.object); !faults.empty())
        return std::unexpected(std::move(faults));
    object->erase("status");
    // A status that is missing or half-written by hand is as good as none: it is written again.
    if (auto status = read_yaml(paths.status, content))
        (*object)["status"] = std::move(*status);
    (*object)["metadata"]["namespace"] = name.name_space;
    (*object)["metadata"]["resourceVersion"] = std::to_string(fnv1a(content));
    return Resource{std::move(*object)};
}

std::vector<ResourceName> list_names(std::filesystem::path const& root, ResourceKind const& kind) {
    std::vector<ResourceName> names;
    std::error_code error;
    std::filesystem::path const folder = kind_folder(root, "objects", kind);
    for (auto const& name_space : std::filesystem::directory_iterator(folder, error)) {
        for (auto const& file : std::filesystem::directory_iterator(name_space.path(), error)) {
            std::string const name = file.path().stem().string();
            if (file.path().extension() == ".yaml" && is_resource_name(name))
                names.push_back({name_space.path().filename().string(), name});
        }
    }
    std::ranges::sort(names);
    if (names.size() > objects_max)
        names.resize(objects_max);
    return names;
}

Result<StoreLock> StoreLock::take(std::filesystem::path const& root) {
    std::filesystem::path const path = root / "lock";
    FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file.is_open() || ::flock(file.get(), LOCK_EX) != 0)
        return std::unexpected(storage_error("Cannot lock " + path.string()));
    return StoreLock(std::move(file));
}

}  // namespace millrace
