// SPDX-License-Identifier: Apache-2.0
#include "configurator/images/archive_images.hpp"

#include <algorithm>
#include <set>

#include "common/base/json.hpp"

namespace millrace::configurator {
namespace {

/// An index of images in an index of architectures in the archive's index.
constexpr int index_depth_max = 3;
constexpr auto archive_itself = "The archive";
constexpr auto layout_index = "index.json";
constexpr auto docker_manifest = "manifest.json";

std::string in_quotes(std::string_view text) {
    return "\"" + std::string(text.substr(0, 200)) + "\"";
}

/// What all readers of one archive have: its contents, what is wanted, and what was found.
class ImageReader {
public:
    ImageReader(ArchiveContents const& contents, std::string const& architecture)
        : contents_(contents),
          architecture_(architecture) {}

    Checked<std::vector<std::string>> read() {
        if (contents_.sizes.contains(layout_index))
            read_layout();
        else if (contents_.sizes.contains(docker_manifest))
            read_docker();
        else
            fault(
                archive_itself,
                "has neither index.json nor manifest.json: it is no image archive, as "
                "docker save, podman save and nerdctl save write it.");
        if (faults_.empty() && names_.empty())
            fault(archive_itself, "has no image.");
        if (!faults_.empty())
            return std::unexpected(faults_);
        return std::vector<std::string>(names_.begin(), names_.end());
    }

private:
    void fault(std::string const& place, std::string problem) {
        faults_.push_back({place, std::move(problem)});
    }

    /// Nothing where it is missing or no JSON, which is a fault.
    std::optional<Json> document(std::string const& place, std::string const& path) {
        auto const found = contents_.documents.find(path);
        if (found == contents_.documents.end()) {
            fault(place, "lacks the file " + in_quotes(path) + ".");
            return std::nullopt;
        }
        auto json = parse_json(found->second);
        if (json)
            return std::move(*json);
        fault(place, in_quotes(path) + ": " + json.error().detail);
        return std::nullopt;
    }

    /// A descriptor's blob (descriptor.md of the same specification).
    std::string blob_path(std::string const& place, Json const& descriptor) {
        std::string const digest = string_at(descriptor, "digest");
        auto const colon = digest.find(':');
        std::string path = colon == std::string::npos ? ""
                                                      : "blobs/" + digest.substr(0, colon) + "/" +
                                                            digest.substr(colon + 1);
        auto const found = contents_.sizes.find(path);
        auto const size = integer_at(descriptor, "size");
        if (found == contents_.sizes.end())
            fault(place, "lacks the part " + in_quotes(digest) + "; save it again, whole.");
        else if (size && std::cmp_not_equal(*size, found->second))
            fault(place, "has a damaged part " + in_quotes(digest) + ": its size is another one.");
        else
            return path;
        return "";
    }

    void check_platform(std::string const& place, Json const& configuration) {
        std::string const architecture = string_at(configuration, "architecture");
        std::string const system = string_at(configuration, "os");
        if (architecture == architecture_ && system == "linux")
            return;
        fault(
            place, "is for " + (system.empty() ? "no system" : system) + "/" +
                       (architecture.empty() ? "none" : architecture) +
                       "; this appliance needs linux/" + architecture_ + ".");
    }

    void read_layout() {
        auto const index = document(archive_itself, layout_index);
        if (!index)
            return;
        Json const* const images = find_json(*index, "manifests");
        if (images == nullptr || !images->is_array())
            return fault(layout_index, "has no list \"manifests\".");
        for (Json const& image : *images)
            if (std::string const name = layout_name(image); !name.empty()) {
                names_.insert(name);
                read_manifest(name, image, index_depth_max);
            }
    }

    /// containerd takes an image's name from the first of these two, and from the second where it
    /// is a whole one (client/import.go).
    std::string layout_name(Json const& image) {
        std::string name = string_at(image, "annotations/io.containerd.image.name");
        if (name.empty())
            name = string_at(image, "annotations/org.opencontainers.image.ref.name");
        if (name.find_first_of("/:@") != std::string::npos)
            return name;
        fault(
            name.empty() ? "an image" : in_quotes(name),
            "has no whole name such as \"registry.example.com/team/name:1.0\"; save it by its "
            "name.");
        return "";
    }

    void read_manifest(std::string const& name, Json const& descriptor, int depth_left) {
        std::string const path = blob_path(name, descriptor);
        auto const manifest = path.empty() ? std::nullopt : document(name, path);
        if (!manifest)
            return;
        if (manifest->contains("manifests"))
            return read_index(name, *manifest, depth_left - 1);
        Json const* const configuration = find_json(*manifest, "config");
        Json const* const layers = find_json(*manifest, "layers");
        if (configuration == nullptr || layers == nullptr || !layers->is_array())
            return fault(name, "has a manifest without configuration or layers.");
        if (std::string const file = blob_path(name, *configuration); !file.empty())
            if (auto const found = document(name, file))
                check_platform(name, *found);
        for (Json const& layer : *layers)
            blob_path(name, layer);
    }

    /// An image for several architectures: what is not for this one need not be there.
    void read_index(std::string const& name, Json const& index, int depth_left) {
        if (depth_left == 0)
            return fault(name, "has indexes of indexes of indexes.");
        std::string others;
        for (Json const& one : *find_json(index, "manifests")) {
            std::string const architecture = string_at(one, "platform/architecture", architecture_);
            if (architecture == architecture_)
                return read_manifest(name, one, depth_left);
            if (architecture != "unknown")
                others += (others.empty() ? "" : ", ") + architecture;
        }
        fault(
            name, "is for " + (others.empty() ? "nothing" : others) + "; this appliance needs " +
                      architecture_ + ".");
    }

    void read_docker() {
        auto const images = document(archive_itself, docker_manifest);
        if (!images)
            return;
        if (!images->is_array())
            return fault(docker_manifest, "is no list of images.");
        for (Json const& image : *images)
            read_docker_image(image);
    }

    void read_docker_image(Json const& image) {
        std::string place = "an image";
        Json const* const tags = find_json(image, "RepoTags");
        if (tags != nullptr && tags->is_array())
            for (Json const& tag : *tags)
                if (std::string const name = string_at(tag, ""); !name.empty()) {
                    place = full_image_name(name);
                    names_.insert(place);
                }
        if (place == "an image")
            fault(place, "has no name; save it by its name: docker save NAME:TAG.");
        if (auto const configuration = document(place, string_at(image, "Config")))
            check_platform(place, *configuration);
        Json const* const layers = find_json(image, "Layers");
        if (layers == nullptr || !layers->is_array())
            return fault(place, "has no list \"Layers\".");
        for (Json const& layer : *layers)
            if (!contents_.sizes.contains(string_at(layer, "")))
                fault(place, "lacks the layer " + dump_json(layer) + "; save it again, whole.");
    }

    ArchiveContents const& contents_;
    std::string const& architecture_;
    std::set<std::string> names_;
    Faults faults_;
};

}  // namespace

Checked<std::vector<std::string>> images_of(
    ArchiveContents const& contents, std::string const& architecture) {
    return ImageReader(contents, architecture).read();
}

std::string full_image_name(std::string_view name) {
    std::string full(name);
    auto const slash = full.find('/');
    std::string_view const first = std::string_view(full).substr(0, slash);
    bool const has_registry =
        slash != std::string::npos &&
        (first == "localhost" || first.find_first_of(".:") != std::string::npos);
    if (slash == std::string::npos)
        full.insert(0, "docker.io/library/");
    else if (!has_registry)
        full.insert(0, "docker.io/");
    if (full.find('@') == std::string::npos && full.find(':', full.rfind('/')) == std::string::npos)
        full += ":latest";
    return full;
}

}  // namespace millrace::configurator
