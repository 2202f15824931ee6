// SPDX-License-Identifier: Apache-2.0
#include "broker/intake/ingress.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

TEST_CASE("Ingress: a path names a namespace and a broker, nothing else", "[broker]") {
    CHECK(broker_of_path("/default/default") == "default/default");
    CHECK(broker_of_path("/team-a/main/") == "team-a/main");
    for (std::string_view const other :
         {"", "/", "/default", "/default/", "/a/b/c", "//b", "/a//", "/A/b", "/a/..", "/a/%2e%2e"})
        CHECK(broker_of_path(other).empty());
}
