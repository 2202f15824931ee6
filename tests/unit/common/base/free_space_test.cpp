// SPDX-License-Identifier: Apache-2.0
#include "common/base/free_space.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;

TEST_CASE("Free space: what a disk has is told, and of a folder that is not there an error") {
    test::TemporaryFolder const folder;
    CHECK(free_bytes(folder.path()).value() > 0);
    CHECK(free_bytes(folder.path() / "none").error().code == ErrorCode::storage);
}

TEST_CASE("Free space: too little is an error that says how much there is and is needed") {
    constexpr std::int64_t mebibyte = 1 << 20;
    CHECK(check_free_space("/data", 5 * mebibyte, 5 * mebibyte));
    auto const refused = check_free_space("/data", 5 * mebibyte - 1, 5 * mebibyte);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().detail == "The disk of /data has 4 MiB free, and 5 MiB are needed.");
    CHECK_FALSE(check_free_space("/data", failure(ErrorCode::storage, "Gone."), 0));
}
