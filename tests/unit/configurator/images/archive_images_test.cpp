// SPDX-License-Identifier: Apache-2.0
#include "configurator/images/archive_images.hpp"

#include <fstream>

#include "tests/support/temporary_folder.hpp"
#include "tests/unit/configurator/images/image_archive.hpp"

using namespace millrace;
using namespace millrace::configurator;
using namespace millrace::configurator::test;
using Names = std::vector<std::string>;

namespace {

ArchiveContents contents_of(Tree const& tree) {
    ArchiveContents contents;
    for (auto const& [path, content] : tree) {
        contents.sizes[path] = content.size();
        if (content.starts_with('{') || content.starts_with('['))
            contents.documents[path] = content;
    }
    return contents;
}

/// The sentences of what is wrong.
std::string faults_of(Tree const& tree) {
    auto const images = images_of(contents_of(tree), "amd64");
    REQUIRE_FALSE(images);
    return to_sentences(images.error());
}

std::string descriptor(std::string const& blob, std::size_t bytes, std::string const& more = "") {
    return R"({"digest": "sha256:)" + blob + R"(", "size": )" + std::to_string(bytes) + more + "}";
}

/// An OCI layout of one image with one layer.
Tree layout(std::string const& annotations, std::string const& architecture = "amd64") {
    std::string const configuration =
        R"({"architecture": ")" + architecture + R"(", "os": "linux"})";
    std::string const manifest = R"({"config": )" + descriptor("cc", configuration.size()) +
                                 R"(, "layers": [)" + descriptor("11", 5) + "]}";
    return {
        {"oci-layout", R"({"imageLayoutVersion": "1.0.0"})"},
        {"index.json", R"({"manifests": [)" +
                           descriptor("aa", manifest.size(), R"(, "annotations": )" + annotations) +
                           "]}"},
        {"blobs/sha256/aa", manifest},
        {"blobs/sha256/cc", configuration},
        {"blobs/sha256/11", "layer"}};
}

constexpr auto named = R"({"io.containerd.image.name": "example.com/team/tool:1.0"})";

}  // namespace

TEST_CASE(
    "image archive: an OCI layout tells its images by containerd's name, or a whole OCI one") {
    CHECK(images_of(contents_of(layout(named)), "amd64") == Names{"example.com/team/tool:1.0"});
    CHECK(
        images_of(
            contents_of(layout(R"({"org.opencontainers.image.ref.name": "localhost/tool:2"})")),
            "amd64") == Names{"localhost/tool:2"});
    CHECK(
        faults_of(layout(R"({"org.opencontainers.image.ref.name": "latest"})"))
            .find("\"latest\" has no whole name") == 0);
}

TEST_CASE("image archive: what docker save writes tells its images by their tags") {
    CHECK(
        images_of(contents_of(docker_image("busybox:1.37")), "amd64") ==
        Names{"docker.io/library/busybox:1.37"});
    Tree untagged = docker_image("x");
    untagged["manifest.json"] = R"([{"Config": "c.json", "RepoTags": null, "Layers": []}])";
    CHECK(faults_of(untagged).find("docker save NAME:TAG") != std::string::npos);
}

TEST_CASE("image archive: of an image for several architectures ours is what counts") {
    Tree tree = layout(named);
    std::string const ours = tree.at("blobs/sha256/aa");
    std::string const index =
        R"({"manifests": [{"digest": "sha256:ff", "platform": {"architecture": "arm64"}}, )" +
        descriptor("aa", ours.size(), R"(, "platform": {"architecture": "amd64"})") + "]}";
    tree["blobs/sha256/ee"] = index;
    tree["index.json"] =
        R"({"manifests": [)" +
        descriptor("ee", index.size(), std::string(R"(, "annotations": )") + named) + "]}";
    CHECK(images_of(contents_of(tree), "amd64") == Names{"example.com/team/tool:1.0"});
    auto const other = images_of(contents_of(tree), "s390x");
    REQUIRE_FALSE(other);
    CHECK(
        to_sentences(other.error()) ==
        "example.com/team/tool:1.0 is for arm64, amd64; this appliance needs s390x.");
}

TEST_CASE("image archive: another architecture, a missing layer and a damaged part are told, all") {
    CHECK(
        faults_of(layout(named, "arm64")) ==
        "example.com/team/tool:1.0 is for linux/arm64; this appliance needs linux/amd64.");
    Tree tree = layout(named, "arm64");
    tree.erase("blobs/sha256/11");
    auto const both = images_of(contents_of(tree), "amd64");
    REQUIRE_FALSE(both);
    CHECK(both.error().size() == 2);
    tree = layout(named);
    tree["blobs/sha256/11"] = "lay";
    CHECK(faults_of(tree).find("damaged part \"sha256:11\"") != std::string::npos);
    tree = docker_image("a:1");
    tree.erase("l/layer.tar");
    CHECK(faults_of(tree).find("lacks the layer \"l/layer.tar\"") != std::string::npos);
}

TEST_CASE("image archive: an archive of something else is none, and neither is an empty one") {
    CHECK(
        faults_of({{"readme", "text"}}).find("neither index.json nor manifest.json") !=
        std::string::npos);
    CHECK(faults_of({{"index.json", R"({"manifests": []})"}}) == "The archive has no image.");
    CHECK(faults_of({{"index.json", "{"}}).find("index.json") != std::string::npos);
    CHECK(faults_of({{"manifest.json", "{}"}}) == "manifest.json is no list of images.");
}

TEST_CASE("image archive: an index that refers to itself ends") {
    std::string const index =
        R"({"manifests": [{"digest": "sha256:ee", "platform": {"architecture": "amd64"}}]})";
    Tree tree = {{"blobs/sha256/ee", index}};
    tree["index.json"] =
        R"({"manifests": [{"digest": "sha256:ee", "annotations": )" + std::string(named) + "}]}";
    CHECK(faults_of(tree).find("indexes of indexes") != std::string::npos);
}

TEST_CASE("image archive: names are known by their whole form") {
    CHECK(full_image_name("busybox") == "docker.io/library/busybox:latest");
    CHECK(full_image_name("team/tool:1") == "docker.io/team/tool:1");
    CHECK(full_image_name("dev.local/millrace/python:1") == "dev.local/millrace/python:1");
    CHECK(full_image_name("localhost/tool") == "localhost/tool:latest");
    CHECK(full_image_name("example.com:5000/tool") == "example.com:5000/tool:latest");
    CHECK(full_image_name("busybox@sha256:11") == "docker.io/library/busybox@sha256:11");
}

TEST_CASE("tar archive: its files and documents are told; what is large is passed over") {
    millrace::test::TemporaryFolder folder;
    auto const file = folder.path() / "image.tar";
    std::string const large(3 << 20, 'x');
    write_tar(file, {{"./a.json", "{}"}, {"large", large}, {std::string(200, 'n'), "[]"}});
    auto const contents = read_archive(file);
    REQUIRE(contents);
    CHECK(contents->sizes.at("large") == large.size());
    CHECK(contents->documents.size() == 2);
    CHECK(contents->documents.at("a.json") == "{}");
    CHECK(contents->documents.contains(std::string(200, 'n')));
}

TEST_CASE(
    "tar archive: one that is compressed, cut off or none at all is refused with the reason") {
    millrace::test::TemporaryFolder folder;
    auto const file = folder.path() / "image.tar";
    auto const problem = [&](std::string const& content) {
        std::ofstream(file, std::ios::binary) << content;
        auto const contents = read_archive(file);
        REQUIRE_FALSE(contents);
        return contents.error().detail;
    };
    CHECK(problem("\x1f\x8b\x08 and more").find("gunzip FILE") != std::string::npos);
    CHECK(problem("\x28\xb5\x2f\xfd and more").find("unzstd FILE") != std::string::npos);
    CHECK(problem(std::string(5000, 'x')).find("no whole tar archive") != std::string::npos);
    write_tar(file, {{"large", std::string(3 << 20, 'x')}});
    std::filesystem::resize_file(file, 1 << 20);
    CHECK(read_archive(file).error().detail.find("no whole tar archive") != std::string::npos);
    std::filesystem::remove(file);
    CHECK(read_archive(file).error().code == ErrorCode::not_found);
}
