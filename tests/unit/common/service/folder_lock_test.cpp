// SPDX-License-Identifier: Apache-2.0
#include "common/service/folder_lock.hpp"

#include <unistd.h>

#include <optional>

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;

namespace {

/// What keeps a second one from locking `folder`; empty: nothing.
std::string refusal(std::filesystem::path const& folder) {
    try {
        FolderLock const lock = lock_folder(folder);
        return {};
    } catch (StartupError const& error) {
        return error.what();
    }
}

}  // namespace

// ui-trial 3, attack 11
TEST_CASE("FolderLock: a second one is refused with the folder and the process that holds it") {
    test::TemporaryFolder const folder;
    auto const data = folder.path() / "state" / "runner";
    std::optional<FolderLock> lock(lock_folder(data));
    std::string const reason = refusal(data);
    CHECK(reason.find(data.string()) != std::string::npos);
    CHECK(reason.find("process " + std::to_string(::getpid()) + ";") != std::string::npos);
    lock.reset();
    CHECK(refusal(data).empty());
}

TEST_CASE("FolderLock: a lock file left by a process that was killed locks nobody out") {
    test::TemporaryFolder const folder;
    REQUIRE(write_file_atomic(folder.path() / "lock", "4194304\n", 0600));
    CHECK(refusal(folder.path()).empty());
}

TEST_CASE("FolderLock: a folder that cannot be made is named") {
    test::TemporaryFolder const folder;
    REQUIRE(write_file_atomic(folder.path() / "file", "", 0600));
    CHECK(refusal(folder.path() / "file" / "runner").find("file/runner") != std::string::npos);
}
