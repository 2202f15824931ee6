// SPDX-License-Identifier: Apache-2.0
#include "common/base/file.hpp"

#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;

TEST_CASE("File: an atomic write replaces the content, keeps the mode and leaves no remains") {
    test::TemporaryFolder folder;
    auto const path = folder.path() / "settings";
    REQUIRE(write_file_atomic(path, "one", 0600));
    REQUIRE(write_file_atomic(path, "two", 0600));
    CHECK(read_file(path, 100).value() == "two");
    CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms(0600));
    auto const entries = std::filesystem::directory_iterator(folder.path());
    CHECK(std::distance(begin(entries), end(entries)) == 1);
}

TEST_CASE("File: missing, too large and unwritable files are told apart") {
    test::TemporaryFolder folder;
    CHECK(read_file(folder.path() / "none", 10).error().code == ErrorCode::not_found);
    std::ofstream(folder.path() / "big") << std::string(100, 'x');
    CHECK(read_file(folder.path() / "big", 99).error().code == ErrorCode::too_large);
    CHECK(read_file(folder.path() / "big", 100));
    auto const refused = write_file_atomic(folder.path() / "no/such/folder", "x", 0600);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::storage);
}

TEST_CASE("File: folders are made from relative, nested and existing paths alike") {
    test::TemporaryFolder folder;
    auto const before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    CHECK(make_directories("single", 0700));
    CHECK(make_directories("single", 0700));
    CHECK(make_directories("a/b/c", 0700));
    std::filesystem::current_path(before);
    CHECK(std::filesystem::is_directory(folder.path() / "a/b/c"));
    CHECK_FALSE(make_directories("/proc/none/such", 0700));
}
