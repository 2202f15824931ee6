// SPDX-License-Identifier: Apache-2.0
#include "common/net/http_client.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

Url url(std::string_view text) {
    auto const parsed = parse_url(text);
    INFO(text);
    REQUIRE(parsed);
    return *parsed;
}

std::string fault(std::string_view text) {
    auto const parsed = parse_url(text);
    return parsed ? "none" : parsed.error().detail;
}

}  // namespace

TEST_CASE("URL: scheme, host, port and target are told apart") {
    Url const whole = url("https://vc.example:8443/sdk/vim?x=a%20b&y");
    CHECK(whole.tls);
    CHECK(whole.host == "vc.example");
    CHECK(whole.port == "8443");
    CHECK(whole.target == "/sdk/vim?x=a%20b&y");
}

TEST_CASE("URL: what is left out has the scheme's port and the root as target") {
    CHECK(url("http://a").port == "80");
    CHECK(url("https://a").port == "443");
    CHECK(url("https://a:").port == "443");
    CHECK(url("http://a").target == "/");
    CHECK(url("http://a?q=1").target == "/?q=1");
}

TEST_CASE("URL: the scheme is the same in any case of its letters (RFC 3986 section 3.1)") {
    CHECK(url("HTTPS://a").tls);
    CHECK_FALSE(url("Http://a").tls);
}

TEST_CASE("URL: an IPv6 address has brackets where it is written and none where it is used") {
    Url const six = url("http://[::1]:8080/");
    CHECK(six.host == "::1");
    CHECK(six.authority() == "[::1]:8080");
    CHECK(six.origin() == "http://[::1]:8080");
}

TEST_CASE("URL: the Host header has the port only where it is not the scheme's own") {
    CHECK(url("http://a:80/").authority() == "a");
    CHECK(url("http://a:443/").authority() == "a:443");
    CHECK(url("https://a:443/").origin() == "https://a");
    CHECK(url("https://a:80/").origin() == "https://a:80");
}

TEST_CASE("URL: another scheme, or none, is refused with what one looks like") {
    CHECK(fault("ftp://a/") == "\"ftp://a/\" must begin with http:// or https://.");
    CHECK(fault("file:///etc/passwd").find("must begin with http://") != std::string::npos);
    for (auto const* text :
         {"", "a", "a:80", "//a/", "/path", "http:/a b", "http://a b/", "http://[::1/"}) {
        INFO(text);
        CHECK(fault(text) != "none");
    }
    CHECK(fault("vc.example") == "\"vc.example\" is no URL such as https://host:443/path.");
}

TEST_CASE("URL: a user name, a password or a fragment is refused, and so is no host") {
    for (auto const* text : {"http://user@a/", "http://user:word@a/", "http://@a/"})
        CHECK(fault(text).ends_with("must not contain a user name or password."));
    CHECK(fault("http://a/#x").ends_with("must not contain a fragment (#...)."));
    for (auto const* text : {"http:///path", "http://:80/", "http:"}) {
        INFO(text);
        CHECK(fault(text).ends_with("has no host name."));
    }
}

TEST_CASE("URL: a port is one that TCP has, or it would be another service's") {
    CHECK(url("http://a:65535/").port == "65535");
    CHECK(url("http://a:1/").port == "1");
    for (auto const* port : {"0", "65536", "70000", "99999999999999999999", "x", "-1", "80x"}) {
        INFO(port);
        CHECK(
            fault("http://127.0.0.1:" + std::string(port) + "/") ==
            "\"http://127.0.0.1:" + std::string(port) + "/\" must have a port from 1 to 65535.");
    }
}

TEST_CASE("URL: no escape in the host can end a line of the request") {
    for (auto const* host : {"a%0d%0aX-Evil:1", "a%20b", "a%00", "%c3%a4", "a%7f"}) {
        INFO(host);
        CHECK(fault("http://" + std::string(host) + "/") != "none");
    }
    CHECK(url("http://a/%0d%0a").target == "/%0d%0a");
}

TEST_CASE("URL: a long text is shown shortened") {
    CHECK(fault("ftp://" + std::string(10'000, 'x')).size() < 300);
}

TEST_CASE("URL: a password is not shown, whatever is wrong with the URL") {
    for (auto const* text :
         {"http://user:geheim@a/", "ftp://user:geheim@a/", "http://user:ge@heim@a:x/",
          "http://user:geh eim@a/", "user:geheim@a", "http://geheim@:80/"}) {
        std::string const told = fault(text);
        INFO(told);
        CHECK(told.starts_with("\"...@"));
        CHECK(told.find("eim") == std::string::npos);
    }
}
