// SPDX-License-Identifier: Apache-2.0
#include "common/net/digest.hpp"

#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;

TEST_CASE("SHA-256 of a file: as FIPS 180-4 has it, also beyond one read") {
    test::TemporaryFolder folder;
    auto const digest_of = [&](std::string const& content) {
        auto const file = folder.path() / "file";
        std::ofstream(file, std::ios::binary) << content;
        return sha256_of_file(file).value();
    };
    CHECK(digest_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(digest_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(
        digest_of(std::string(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-256 of a file: one that is not there, and a folder, are told") {
    test::TemporaryFolder folder;
    auto const none = sha256_of_file(folder.path() / "none");
    REQUIRE_FALSE(none);
    CHECK(none.error().code == ErrorCode::not_found);
    CHECK_FALSE(sha256_of_file(folder.path()));
}
