// SPDX-License-Identifier: Apache-2.0
#include "console/auth/kept_certificate.hpp"

#include "common/base/file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::console;

// review 4.16
TEST_CASE("Kept certificate: the same after a restart, whatever the order of its names") {
    test::TemporaryFolder const folder;
    SystemTime const now = system_now();
    auto const first = keep_certificate(folder.path() / "console", {"a.example", "b"}, now);
    REQUIRE(first);
    auto const second =
        keep_certificate(folder.path() / "console", {"b", "a.example"}, now + 24h * 300);
    REQUIRE(second);
    CHECK(second->certificate_pem == first->certificate_pem);
    auto const mode =
        std::filesystem::status(folder.path() / "console/certificate.json").permissions();
    CHECK((mode & std::filesystem::perms::others_all) == std::filesystem::perms::none);
    CHECK((mode & std::filesystem::perms::group_all) == std::filesystem::perms::none);
}

TEST_CASE("Kept certificate: made anew before it is over, and for another name") {
    test::TemporaryFolder const folder;
    SystemTime const now = system_now();
    auto const first = keep_certificate(folder.path(), {"a"}, now);
    REQUIRE(first);
    auto const renewed = keep_certificate(folder.path(), {"a"}, now + 24h * 340);
    REQUIRE(renewed);
    CHECK(renewed->certificate_pem != first->certificate_pem);
    auto const renamed = keep_certificate(folder.path(), {"a", "c"}, now + 24h * 340);
    REQUIRE(renamed);
    CHECK(renamed->certificate_pem != renewed->certificate_pem);
}

TEST_CASE("Kept certificate: made anew where the clock that it was made by was years ahead") {
    test::TemporaryFolder const folder;
    SystemTime const now = system_now();
    auto const first = keep_certificate(folder.path(), {"a"}, now);
    REQUIRE(first);
    auto const a_little_back = keep_certificate(folder.path(), {"a"}, now - 50min);
    REQUIRE(a_little_back);
    CHECK(a_little_back->certificate_pem == first->certificate_pem);
    auto const years_back = keep_certificate(folder.path(), {"a"}, now - 24h * 3650);
    REQUIRE(years_back);
    CHECK(years_back->certificate_pem != first->certificate_pem);
}

TEST_CASE("Kept certificate: a damaged file is told, not replaced in silence") {
    test::TemporaryFolder const folder;
    auto const file = folder.path() / "certificate.json";
    for (std::string const text : {"", "{", "{\"certificate\":\"x\",\"key\":\"y\"}"}) {
        REQUIRE(write_file_atomic(file, text, 0600));
        auto const kept = keep_certificate(folder.path(), {"a"}, system_now());
        REQUIRE_FALSE(kept);
        CHECK(kept.error().code == ErrorCode::invalid);
        CHECK(kept.error().detail.find(file.string()) != std::string::npos);
    }
}
