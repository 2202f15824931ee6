// SPDX-License-Identifier: Apache-2.0
#include "console/auth/request_guard.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::console;

namespace {

std::set<std::string> const hosts = {"127.0.0.1", "[::1]"};

HttpRequest good_post() {
    HttpRequest request;
    request.method = "POST";
    request.body = "{}";
    request.headers = {
        {"Host", "127.0.0.1:8080"},
        {"Content-Type", "application/json; charset=utf-8"},
        {"X-Requested-With", "millrace"},
        {"Origin", "http://127.0.0.1:8080"}};
    return request;
}

int status_of(HttpRequest const& request) {
    auto const refusal = check_request(request, hosts);
    return refusal ? refusal->status : 0;
}

}  // namespace

TEST_CASE("Guard: a change from our own page passes, by Origin or by Sec-Fetch-Site") {
    HttpRequest request = good_post();
    CHECK(status_of(request) == 0);
    request.headers.remove("origin");
    CHECK(status_of(request) == 403);
    request.headers.set("Sec-Fetch-Site", "same-origin");
    CHECK(status_of(request) == 0);
}

TEST_CASE("Guard: what another site can make a browser send is refused (F44)") {
    for (auto const* origin : {"null", "https://evil.example", "http://127.0.0.1:9999"}) {
        HttpRequest request = good_post();
        request.headers.set("Origin", origin);
        CHECK(status_of(request) == 403);
    }
    for (auto const* site : {"cross-site", "same-site", "none"}) {
        HttpRequest request = good_post();
        request.headers.set("Sec-Fetch-Site", site);
        CHECK(status_of(request) == 403);
    }
    HttpRequest plain = good_post();
    plain.headers.remove("X-Requested-With");
    CHECK(status_of(plain) == 403);
}

TEST_CASE("Guard: a body that is not JSON is refused as that") {
    for (auto const* type : {"text/plain", "application/x-www-form-urlencoded", ""}) {
        HttpRequest form = good_post();
        form.headers.set("Content-Type", type);
        CHECK(status_of(form) == 415);
    }
    HttpRequest archive = good_post();
    archive.headers.set("Content-Type", "application/octet-stream");
    CHECK(status_of(archive) == 415);
    archive.path = "/api/v1/appliance/system/images/upload";
    CHECK(status_of(archive) == 0);
    HttpRequest empty = good_post();
    empty.headers.remove("content-type");
    empty.body.clear();
    CHECK(status_of(empty) == 0);
}

TEST_CASE("Guard: another host name is refused, also for reading (DNS rebinding)") {
    HttpRequest request;
    for (auto const* host : {"evil.example", "127.0.0.1.evil.example:80", ""}) {
        request.headers.set("Host", host);
        CHECK(status_of(request) == 421);
    }
    // No page can make an address stand for another machine.
    for (auto const* host :
         {"127.0.0.1", "127.0.0.1:80", "[::1]:8080", "[::1]", "192.0.2.1:443", "[2001:db8::1]"}) {
        request.headers.set("Host", host);
        CHECK(status_of(request) == 0);
    }
}

TEST_CASE("Cookies: the named one is found among others, and only whole names count") {
    HttpRequest request;
    request.headers.add("Cookie", "a=1; sid=abc; xsid=no");
    CHECK(cookie_value(request, "sid") == "abc");
    CHECK(cookie_value(request, "id").empty());
}

TEST_CASE("Headers: scripts, styles and frames of others are forbidden") {
    Headers headers;
    add_security_headers(headers);
    std::string const policy(headers.get("content-security-policy"));
    CHECK(policy.starts_with("default-src 'none'"));
    CHECK(policy.find("unsafe") == std::string::npos);
    CHECK(policy.find("frame-ancestors 'none'") != std::string::npos);
    CHECK(headers.get("x-content-type-options") == "nosniff");
}
