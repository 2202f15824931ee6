// SPDX-License-Identifier: Apache-2.0
#include "console/auth/login.hpp"

#include "console/auth/password.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::console;

TEST_CASE("login: a password in plain text is that of admin, and must be long") {
    auto const login = parse_login("fifteen letters");
    REQUIRE(login);
    CHECK(login->user == "admin");
    CHECK(verify_password(login->password_hash, Secret("fifteen letters")));
    auto const brief = parse_login("short");
    REQUIRE_FALSE(brief);
    CHECK(brief.error().detail == "the password must have at least 15 characters.");
}

TEST_CASE("login: name and hash are read as they are written") {
    Login const login{"o'neil:x", hash_password(Secret("p \"w"))};
    auto const read = parse_login(format_login(login));
    REQUIRE(read);
    CHECK(read->user == login.user);
    CHECK(verify_password(read->password_hash, Secret("p \"w")));
}
