// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <map>
#include <string>

#include "common/process/run_to_end.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

namespace millrace::configurator::test {

/// Files by path.
using Tree = std::map<std::string, std::string>;

/// A tar archive of them.
inline void write_tar(std::filesystem::path const& file, Tree const& tree) {
    millrace::test::TemporaryFolder folder;
    ChildCommand command;
    command.arguments = {"/usr/bin/tar", "--create",    "--file",
                         file.string(),  "--directory", folder.path().string()};
    for (auto const& [path, content] : tree) {
        std::filesystem::create_directories((folder.path() / path).parent_path());
        std::ofstream(folder.path() / path, std::ios::binary) << content;
        command.arguments.push_back(path);
    }
    auto const end = run_to_end(std::move(command), 30s);
    REQUIRE(end);
    INFO(end->output);
    REQUIRE(end->is_well());
}

/// What `docker save` writes of one image with one layer.
inline Tree docker_image(
    std::string const& name, std::string const& architecture = "amd64",
    std::string const& layer = "not looked at") {
    return {
        {"manifest.json",
         R"([{"Config": "c.json", "RepoTags": [")" + name + R"("], "Layers": ["l/layer.tar"]}])"},
        {"c.json", R"({"architecture": ")" + architecture + R"(", "os": "linux"})"},
        {"l/layer.tar", layer}};
}

}  // namespace millrace::configurator::test
