// SPDX-License-Identifier: Apache-2.0
#include "common/base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/file_size_limit.hpp"
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

namespace {

std::size_t entries_in(std::filesystem::path const& folder) {
    return list_folder(folder).value().size();
}

}  // namespace

TEST_CASE("File: a write that the disk refuses leaves the old content and nothing beside it") {
    test::TemporaryFolder const folder;
    auto const path = folder.path() / "settings";
    REQUIRE(write_file_atomic(path, "old", 0600));
    Result<void> written;
    {
        test::FileSizeLimit const full(1000);
        written = write_file_atomic(path, std::string(5000, 'x'), 0600);
    }
    REQUIRE_FALSE(written);
    CHECK(written.error().code == ErrorCode::storage);
    CHECK(written.error().detail.starts_with("Cannot write " + folder.path().string()));
    CHECK(written.error().detail.ends_with(": File too large."));
    CHECK(read_file(path, 100).value() == "old");
    CHECK(entries_in(folder.path()) == 1);
}

TEST_CASE("File: what stands in the way of a rename is told, and nothing is left beside it") {
    test::TemporaryFolder const folder;
    std::filesystem::create_directories(folder.path() / "taken/inside");
    auto const written = write_file_atomic(folder.path() / "taken", "x", 0600);
    REQUIRE_FALSE(written);
    CHECK(written.error().code == ErrorCode::storage);
    CHECK(written.error().detail.starts_with("Cannot replace "));
    CHECK(entries_in(folder.path()) == 1);
}

TEST_CASE("File: an empty content and one of every byte are written as they are") {
    test::TemporaryFolder const folder;
    std::string every;
    for (int i = 0; i < 256; ++i)
        every += static_cast<char>(i);
    for (Durability const durability : {Durability::process, Durability::power_cut})
        for (std::string const& content : {std::string(), every}) {
            REQUIRE(write_file_atomic(folder.path() / "f", content, 0640, durability));
            CHECK(read_file(folder.path() / "f", 256).value() == content);
        }
}

TEST_CASE("File: a folder is no file, and no passing trouble of the disk") {
    test::TemporaryFolder const folder;
    auto const read = read_file(folder.path(), 100);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == ErrorCode::invalid);
    CHECK(read.error().detail == folder.path().string() + " is a folder, not a file.");
}

TEST_CASE("File: one below a file does not exist, and a pipe without a writer stops nobody") {
    test::TemporaryFolder const folder;
    REQUIRE(write_file_atomic(folder.path() / "f", "", 0600));
    auto const below = read_file(folder.path() / "f/g", 100);
    REQUIRE_FALSE(below);
    CHECK(below.error().code == ErrorCode::not_found);
    REQUIRE(::mkfifo((folder.path() / "pipe").c_str(), 0600) == 0);
    CHECK(read_file(folder.path() / "pipe", 100).value().empty());
}

TEST_CASE("File: a listing is sorted, and a folder that is not there is told from an empty one") {
    test::TemporaryFolder const folder;
    CHECK(list_folder(folder.path()).value().empty());
    for (auto const* name : {"b", "a", ".hidden"})
        REQUIRE(write_file_atomic(folder.path() / name, "", 0600));
    CHECK(
        list_folder(folder.path()).value() ==
        std::vector<std::filesystem::path>{
            folder.path() / ".hidden", folder.path() / "a", folder.path() / "b"});
    for (auto const* name : {"none", "a"}) {
        auto const listed = list_folder(folder.path() / name);
        REQUIRE_FALSE(listed);
        CHECK(listed.error().code == ErrorCode::not_found);
    }
}

TEST_CASE("File: a listing of a folder that cannot be reached is an error, not an empty one") {
    test::TemporaryFolder const folder;
    std::filesystem::create_symlink("loop", folder.path() / "loop");
    auto const listed = list_folder(folder.path() / "loop");
    REQUIRE_FALSE(listed);
    CHECK(listed.error().code == ErrorCode::storage);
    CHECK(listed.error().detail.starts_with("Cannot list " + folder.path().string()));
}

TEST_CASE("Descriptor: it has one owner, who closes it") {
    FileDescriptor first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    REQUIRE(first.is_open());
    int const number = first.get();
    FileDescriptor second(std::move(first));
    CHECK_FALSE(first.is_open());  // NOLINT(bugprone-use-after-move): it is what is asked
    CHECK(second.get() == number);
    FileDescriptor third(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    third = std::move(second);
    CHECK(third.get() == number);
    CHECK(::fcntl(number, F_GETFD) >= 0);
    third.close();
    CHECK_FALSE(third.is_open());
    CHECK(::fcntl(number, F_GETFD) < 0);
    CHECK(third.release() == -1);
}
