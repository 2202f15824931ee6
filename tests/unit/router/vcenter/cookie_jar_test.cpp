// SPDX-License-Identifier: Apache-2.0
#include "router/vcenter/cookie_jar.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::router;

namespace {

SystemTime const now = parse_rfc3339("2026-11-22T10:00:00Z").value();

struct Jar {
    CookieJar jar;
    void take(std::string_view cookie) { jar.take(cookie, "/sdk", now); }
    std::string sent(std::string_view path = "/sdk", bool tls = true, nanoseconds later = 0ns) {
        return jar.header(path, tls, now + later);
    }
};

}  // namespace

// Reports 2: the first Set-Cookie of any answer replaced the one cookie there was.
TEST_CASE("Cookies: a load balancer's and vCenter's live side by side, in any order") {
    Jar jar;
    jar.take("lb=node-2");
    jar.take("vmware_soap_session=\"52fe\"; Path=/; HttpOnly; Secure");
    CHECK(jar.sent() == "lb=node-2; vmware_soap_session=\"52fe\"");
    jar.take("lb=node-3");
    CHECK(jar.sent() == "lb=node-3; vmware_soap_session=\"52fe\"");
}

TEST_CASE("Cookies: the value goes back as it came, quotes and equals signs included") {
    Jar jar;
    jar.take("  vmware_soap_session = \"a=b==\" ; Path=/");
    CHECK(jar.sent() == "vmware_soap_session=\"a=b==\"");
}

TEST_CASE("Cookies: told apart by name and path; a longer path is sent first") {
    Jar jar;
    jar.take("a=1; Path=/");
    jar.take("a=2; Path=/sdk");
    jar.take("b=3; Path=/ui");
    CHECK(jar.sent() == "a=2; a=1");
    CHECK(jar.sent("/ui/x") == "b=3; a=1");
    CHECK(jar.sent("/sdkx") == "a=1");
}

TEST_CASE("Cookies: without a path, or with one that is none, the request's folder counts") {
    Jar jar;
    jar.jar.take("a=1", "/api/session", now);
    jar.jar.take("b=2; Path=elsewhere", "/sdk", now);
    CHECK(jar.sent("/api/x") == "a=1; b=2");
    CHECK(jar.sent("/sdk") == "b=2");
}

TEST_CASE("Cookies: they end by Max-Age, which wins, or by Expires; an end in the past deletes") {
    Jar jar;
    jar.take("a=1; Max-Age=60; Expires=Sun, 22 Nov 2020 10:00:30 GMT");
    jar.take("b=2; Expires=Sun, 22 Nov 2026 10:00:30 GMT");
    jar.take("c=3; Expires=whenever; Max-Age=soon");
    CHECK(jar.sent() == "a=1; b=2; c=3");
    CHECK(jar.sent("/sdk", true, 45s) == "a=1; c=3");
    CHECK(jar.sent("/sdk", true, 61s) == "c=3");
    jar.take("a=gone; Max-Age=0");
    jar.take("c=gone; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
    CHECK(jar.sent() == "b=2");
}

TEST_CASE("Cookies: a secure one is not sent in the clear") {
    Jar jar;
    jar.take("a=1; secure");
    jar.take("b=2");
    CHECK(jar.sent("/sdk", false) == "b=2");
}

TEST_CASE("Cookies: what is none, or would break the header, is ignored; their number is bounded") {
    Jar jar;
    jar.take("");
    jar.take("novalue");
    jar.take("=x");
    jar.take("a=b\r\nEvil: yes");
    jar.take("big=" + std::string(5'000, 'x'));
    CHECK(jar.sent().empty());
    for (int i = 0; i < 200; ++i)
        jar.take("c" + std::to_string(i) + "=1");
    CHECK(jar.jar.size() == 50);
    CHECK(jar.sent().ends_with("c199=1"));
}
