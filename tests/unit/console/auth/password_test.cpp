// SPDX-License-Identifier: Apache-2.0
#include "console/auth/password.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::console;

TEST_CASE("Passwords: any text is verified, another one is not, and hashes are salted") {
    for (std::string const text : {"correct horse battery", "&<>\"'$`\\ \n", "Zürich € 密码"}) {
        std::string const hash = hash_password(Secret(text));
        CHECK(hash.starts_with("$argon2id$"));
        CHECK(hash.find(text) == std::string::npos);
        CHECK(verify_password(hash, Secret(text)));
        CHECK_FALSE(verify_password(hash, Secret(text + " ")));
        CHECK(hash != hash_password(Secret(text)));
    }
}
