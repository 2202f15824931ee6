// SPDX-License-Identifier: Apache-2.0
#include "common/service/host_check.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;

// Attack 17.
TEST_CASE("Host check: a page's own name is refused, also with a port or a last dot") {
    for (char const* host : {"evil.example", "evil.example:8080", "EVIL.example.", "a.b.c.com"})
        CHECK_FALSE(is_trusted_host(host, {}));
}

TEST_CASE("Host check: addresses and names of a local network or a cluster are ours") {
    for (char const* host :
         {"127.0.0.1:8080", "10.1.2.3", "[::1]:80", "::1", "localhost:1", "broker",
          "broker.default.svc", "broker.default.svc.cluster.local:80", "host.docker.internal", ""})
        CHECK(is_trusted_host(host, {}));
}

TEST_CASE("Host check: where any name is allowed, any is ours") {
    CHECK(is_trusted_host("echo.vmware-functions.example.com", {"*"}));
}

TEST_CASE("Host check: a name that was allowed is ours") {
    CHECK(is_trusted_host("Events.example.com:443", {"events.example.com"}));
    CHECK_FALSE(is_trusted_host("other.example.com", {"events.example.com"}));
}
