// SPDX-License-Identifier: Apache-2.0
#include "configurator/images/image_imports.hpp"

#include <fstream>

#include "configurator/images/image_room.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/configurator/recording_host.hpp"

using namespace millrace;
using namespace millrace::configurator;
using namespace millrace::configurator::test;

namespace {

/// The appliance's own archive, and one that was brought.
struct Archives {
    Archives() {
        std::filesystem::create_directory(own);
        std::filesystem::create_directory(brought);
        std::ofstream(own / "own.tar") << "own";
        std::ofstream(brought / "tool.tar") << "tool";
    }
    ImageImports open() {
        auto imports = ImageImports::open(
            {.folders = {own.string(), brought.string()},
             .marks = folder.path() / "marks",
             .disk = folder.path(),
             .free_bytes = [this](auto const&) { return Result<std::int64_t>(free); }});
        REQUIRE(imports);
        return std::move(*imports);
    }

    millrace::test::TemporaryFolder folder;
    std::filesystem::path own = folder.path() / "own";
    std::filesystem::path brought = folder.path() / "brought";
    std::int64_t free = room_to_import(4);
    RecordingHost host;
};

/// How many archives were given to containerd.
std::ptrdiff_t imported(Archives const& archives) {
    return std::ranges::count_if(archives.host.ran, [](std::string const& program) {
        return program.find(" images import ") != std::string::npos;
    });
}

}  // namespace

TEST_CASE("images: what is imported is not imported again; a new archive is, and nothing else") {
    Archives archives;
    auto const first = archives.open().bring(archives.host);
    REQUIRE(first);
    CHECK(first->is_done);
    CHECK(imported(archives) == 2);
    CHECK(archives.open().are_whole());
    CHECK(archives.open().bring(archives.host));
    CHECK(imported(archives) == 2);

    std::ofstream(archives.brought / "new.tar") << "new!";
    CHECK(archives.open().are_whole());
    CHECK(archives.open().bring(archives.host));
    CHECK(imported(archives) == 3);
}

TEST_CASE("images: an archive that comes back under the name of one that is gone is another one") {
    Archives archives;
    CHECK(archives.open().bring(archives.host));
    std::filesystem::remove(archives.brought / "tool.tar");
    CHECK(archives.open().bring(archives.host));
    std::ofstream(archives.brought / "tool.tar") << "new!";
    CHECK(archives.open().bring(archives.host));
    CHECK(imported(archives) == 3);
}

TEST_CASE(
    "images: cut off at any command, they are not whole until all of them are imported anew") {
    for (int cut = 1; cut < 100; ++cut) {
        INFO("cut after command " << cut);
        Archives archives;
        archives.host.cut_after = cut;
        bool is_cut = false;
        try {
            auto const brought = archives.open().bring(archives.host);
            CHECK(brought);
        } catch (RecordingHost::PowerIsOff const&) {
            is_cut = true;
        }
        if (!is_cut) {
            CHECK(archives.open().are_whole());
            return;
        }
        REQUIRE_FALSE(archives.open().are_whole());
        // The next start throws away what containerd has; that can be cut off as well.
        CHECK(archives.open().forget());
        CHECK_FALSE(archives.open().are_whole());
        archives.host.cut_after = 0;
        archives.host.ran.clear();
        CHECK(archives.open().bring(archives.host));
        CHECK(imported(archives) == 2);
        CHECK(archives.open().are_whole());
    }
    FAIL("It was cut off at each of a hundred commands.");
}

TEST_CASE("images: without room a brought archive is left out and told; our own are tried") {
    Archives archives;
    archives.free = room_to_import(4) - 1;
    auto const brought = archives.open().bring(archives.host);
    REQUIRE(brought);
    CHECK(brought->is_done);
    CHECK(brought->left_out == std::set<std::string>{"tool.tar"});
    REQUIRE(brought->problems.size() == 1);
    CHECK(brought->problems[0].find("tool.tar is not imported") != std::string::npos);
    CHECK(imported(archives) == 1);
    // What was left out was not cut off: nothing is thrown away for it at the next start.
    CHECK(archives.open().are_whole());

    archives.free = room_to_import(4);
    auto const later = archives.open().bring(archives.host);
    REQUIRE(later);
    CHECK(later->left_out.empty());
    CHECK(imported(archives) == 2);
}

TEST_CASE("images: one that fails is told, and is tried again from the beginning") {
    Archives archives;
    archives.host.is_true = true;
    std::string const program =
        "run /usr/bin/ctr --address /run/containerd/containerd.sock "
        "--namespace k8s.io images import " +
        (archives.brought / "tool.tar").string();
    archives.host.failures[program] = 100;
    auto const brought = archives.open().bring(archives.host);
    REQUIRE(brought);
    CHECK_FALSE(brought->is_done);
    CHECK_FALSE(brought->problems.empty());
    CHECK_FALSE(archives.open().are_whole());
}
