// SPDX-License-Identifier: Apache-2.0
#include "common/base/log.hpp"

#include "common/base/clock.hpp"
#include "common/base/json.hpp"
#include "tests/support/logged.hpp"

using namespace millrace;
using test::logged;

namespace {

/// The line without its time, which is checked to be one.
std::string without_time(std::string const& line) {
    auto const end = line.find(' ');
    REQUIRE(end != std::string::npos);
    CHECK(is_rfc3339(line.substr(0, end)));
    return line.substr(end + 1);
}

}  // namespace

TEST_CASE("Log: a line has time, level, service, message and fields") {
    std::string const line = logged(log::Level::info, log::Format::text, [] {
        log::info("Listening.", {{"url", "http://[::1]:80"}, {"pid", 7}, {"tls", false}});
    });
    CHECK(without_time(line) == "info  router Listening. url=http://[::1]:80 pid=7 tls=false\n");
}

TEST_CASE("Log: what is below the least level is not written") {
    auto const all = [] {
        log::debug("D.");
        log::info("I.");
        log::warn("W.");
        log::error("E.");
    };
    auto const lines = [&](log::Level least) {
        return std::ranges::count(logged(least, log::Format::text, all), '\n');
    };
    CHECK(lines(log::Level::debug) == 4);
    CHECK(lines(log::Level::info) == 3);
    CHECK(lines(log::Level::warn) == 2);
    CHECK(lines(log::Level::error) == 1);
}

TEST_CASE("Log: nothing in a value can end the line or pass for another field") {
    for (std::string const value :
         {"two\nlines", "cr\rreturn", "level=error", "with space", "quote\"d", "back\\slash", "",
          "esc\x1b[0m", "del\x7f"}) {
        std::string const line = logged(log::Level::info, log::Format::text, [&value] {
            log::info("Message.", {{"value", value}});
        });
        INFO(line);
        CHECK(std::ranges::count(line, '\n') == 1);
        std::string const rest = without_time(line);
        std::string const begin = "info  router Message. value=";
        REQUIRE(rest.starts_with(begin));
        auto const told = parse_json(rest.substr(begin.size()));
        REQUIRE(told);
        CHECK(string_at(*told, "") == value);
    }
}

TEST_CASE("Log: a line of the JSON form is one JSON object, whatever the values are") {
    std::string const value = "a\"b\\c\nd\xff {}";
    std::string const line = logged(log::Level::debug, log::Format::json, [&value] {
        log::warn("It \"said\" so.", {{"value", value}, {"count", -3}, {"good", true}});
    });
    CHECK(std::ranges::count(line, '\n') == 1);
    auto const json = parse_json(line);
    REQUIRE(json);
    CHECK(is_rfc3339(string_at(*json, "time")));
    CHECK(string_at(*json, "service") == "router");
    CHECK(string_at(*json, "message") == "It \"said\" so.");
    CHECK(string_at(*json, "value") == "a\"b\\c\nd\xef\xbf\xbd {}");
    CHECK(integer_at(*json, "count") == -3);
    CHECK(bool_at(*json, "good", false));
}

TEST_CASE("Log: the numbers of fields are whole over their range") {
    std::string const line = logged(log::Level::info, log::Format::text, [] {
        log::info("N.", {{"least", INT64_MIN}, {"most", UINT64_MAX}});
    });
    CHECK(
        without_time(line) ==
        "info  router N. least=-9223372036854775808 most=18446744073709551615\n");
}

TEST_CASE("Log: a standard error that is closed stops nobody") {
    FileDescriptor const before(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));
    ::close(STDERR_FILENO);
    log::error("Nobody reads this.");
    REQUIRE(::dup2(before.get(), STDERR_FILENO) == STDERR_FILENO);
    std::string const after =
        logged(log::Level::info, log::Format::text, [] { log::info("Somebody does."); });
    CHECK(without_time(after) == "info  router Somebody does.\n");
}
