// SPDX-License-Identifier: Apache-2.0
// Discs are made by genisoimage, not by what reads them.
#include <fstream>
#include <random>

#include "common/base/file.hpp"
#include "common/process/run_to_end.hpp"
#include "configurator/environment/iso_file.hpp"
#include "configurator/environment/transport.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/environment_number.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::configurator;
using millrace::test::TemporaryFolder;

namespace {

std::string const environment =
    "<Environment><!-- " + std::string(5000, 'x') + " --></Environment>";

/// An image with `files` (each with the environment in it), made with genisoimage's `options`.
std::filesystem::path make_disc(
    TemporaryFolder const& folder, std::vector<std::string> const& options,
    std::vector<std::string> const& files = {"ovf-env.xml"}) {
    auto const content = folder.path() / "content";
    std::filesystem::create_directories(content);
    for (std::string const& file : files)
        std::ofstream(content / file) << environment;
    auto const image = folder.path() / "disc.iso";
    ChildCommand command;
    command.arguments = {"/usr/bin/genisoimage", "-quiet", "-V", "OVF ENV", "-o", image.string()};
    command.arguments.insert(command.arguments.end(), options.begin(), options.end());
    command.arguments.push_back(content.string());
    auto const end = run_to_end(std::move(command), 30s);
    REQUIRE(end);
    INFO(end->output);
    REQUIRE(end->is_well());
    return image;
}

}  // namespace

TEST_CASE("disc: the environment by ISO 9660's names, Rock Ridge and Joliet") {
    for (auto const& options : std::vector<std::vector<std::string>>{
             {}, {"-J"}, {"-R"}, {"-J", "-R"}, {"-iso-level", "4"}}) {
        TemporaryFolder const folder;
        auto const found = read_environment_disc(make_disc(folder, options));
        REQUIRE(found);
        REQUIRE(*found);
        CHECK(**found == environment);
    }
}

TEST_CASE("disc: among many files, and none where it is not among them") {
    TemporaryFolder const folder;
    std::vector<std::string> files = {"ovf-env.xml"};
    for (int index = 0; index < 200; ++index)
        files.push_back("file-" + std::to_string(index) + ".txt");
    auto const found = read_environment_disc(make_disc(folder, {"-J", "-R"}, files));
    REQUIRE(found);
    REQUIRE(*found);
    TemporaryFolder const other;
    auto const none = read_environment_disc(make_disc(other, {"-J"}, {"readme.txt"}));
    REQUIRE(none);
    CHECK_FALSE(*none);
}

TEST_CASE("disc: no drive, an empty file and what is no disc have nothing") {
    TemporaryFolder const folder;
    std::ofstream(folder.path() / "empty") << "";
    std::ofstream(folder.path() / "text") << std::string(100'000, 'a');
    for (auto const* name : {"none", "empty", "text"}) {
        auto const found = read_environment_disc(folder.path() / name);
        REQUIRE(found);
        CHECK_FALSE(*found);
    }
    CHECK_FALSE(read_environment_disc(folder.path()));
}

TEST_CASE("disc: it is asked where VMware Tools have nothing") {
    TemporaryFolder const folder;
    auto const found = find_environment({"", "", make_disc(folder, {"-J"}).string()});
    REQUIRE(found);
    REQUIRE(*found);
    CHECK((*found)->xml == environment);
}

TEST_CASE("disc: damage is told or harmless, wherever it is") {
    TemporaryFolder const folder;
    auto const image = make_disc(folder, {"-J", "-R"});
    auto const whole = read_file(image, std::size_t{4} << 20);
    REQUIRE(whole);
    auto const seed = test::environment_number("MILLRACE_SEED").value_or(std::random_device()());
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    // The descriptors and folders: from the 16th sector on.
    std::size_t const begin = std::size_t{16} * 2048;
    for (int round = 0; round < 2'000; ++round) {
        std::string bytes = *whole;
        for (int flips = 0; flips < 4; ++flips)
            bytes[begin + random() % (bytes.size() - begin)] = static_cast<char>(random());
        if (round % 10 == 0)
            bytes.resize(random() % bytes.size());
        std::ofstream(image, std::ios::binary) << bytes;
        auto const found = read_environment_disc(image);
        if (found && *found)
            CHECK((*found)->size() <= (std::size_t{4} << 20));
        if (!found)
            CHECK_FALSE(found.error().detail.empty());
    }
}
