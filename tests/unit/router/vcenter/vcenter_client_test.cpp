// SPDX-License-Identifier: Apache-2.0
#include "router/vcenter/vcenter_client.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::router;

// Reports 4: the message said "Not valid XML" of a login page.
TEST_CASE("Answer: one that is no SOAP is described by what it is") {
    HttpResponse page{
        .status = 200,
        .headers = {{"Content-Type", "text/html; charset=utf-8"}},
        .body = "<!DOCTYPE html><html><head><title>Sign in\nto proxy</title></head></html>"};
    CHECK(
        describe_answer(page) ==
        "The address answered 200 with text/html, not as a vCenter; it begins: Sign in to proxy");
    CHECK(describe_answer({.status = 503}) == "The address answered 503, not as a vCenter.");
    CHECK(
        describe_answer({.status = 302, .headers = {{"Location", "https://sso.example/login"}}}) ==
        "The address answered 302 with a redirect to https://sso.example/login, which is not "
        "followed: give the address of vCenter itself.");
}

TEST_CASE("Answer: of a long or unprintable one the beginning is shown, in one line of UTF-8") {
    std::string const text = describe_answer({.status = 200, .body = std::string(10'000, '\xff')});
    CHECK(text.size() < 600);
    CHECK(text.find('\xff') == std::string::npos);
    CHECK(describe_answer({.status = 200, .body = "a\r\nb"}).ends_with("a  b"));
}
