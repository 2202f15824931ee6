// SPDX-License-Identifier: Apache-2.0
#include "runner/worker/flood_guard.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::runner;

namespace {

constexpr SteadyTime start{std::chrono::hours(1)};

LogLine line(std::string text, std::string event = "7") {
    return {"2026-01-01T00:00:00Z", "stdout", std::move(text), "f-00001", std::move(event)};
}

std::size_t offer(FloodGuard& guard, std::size_t count, SteadyTime now, std::string const& event) {
    std::size_t written = 0;
    for (std::size_t i = 0; i < count; ++i)
        written += guard.offer(line(std::to_string(i), event), now).size();
    return written;
}

}  // namespace

TEST_CASE("Flood: up to 500 lines a second everything is written as it comes") {
    FloodGuard guard;
    CHECK(offer(guard, 500, start, "7") == 500);
    CHECK(guard.call_ended("7", start).empty());
    CHECK(offer(guard, 500, start + 1s, "8") == 500);
    CHECK_FALSE(guard.has_kept_back());
}

// ui-trial 2
TEST_CASE("Flood: what is left out is told once a second, last lines of each call are kept") {
    FloodGuard guard;
    CHECK(offer(guard, 5'312, start, "7") == 500);
    auto const last = guard.call_ended("7", start + 10ms);
    REQUIRE(last.size() == FloodGuard::last_lines_kept);
    CHECK(last.front().text == "5292");
    CHECK(last.back().text == "5311");
    // Another call in the same second has its last lines, and no line of its own about the rest.
    CHECK(offer(guard, 41, start + 20ms, "8") == 0);
    CHECK(guard.call_ended("8", start + 30ms).size() == FloodGuard::last_lines_kept);
    CHECK(guard.has_kept_back());
    CHECK(guard.due() == start + 1s);
    auto const told = guard.flush(start + 1s);
    REQUIRE(told.size() == 1);
    CHECK(told.front().stream == "system");
    CHECK(told.front().text == "4,813 lines were left out: more than 500 a second.");
    CHECK(told.front().revision == "f-00001");
    CHECK_FALSE(guard.has_kept_back());
}

TEST_CASE("Flood: a call that goes on is heard of each second, in order") {
    FloodGuard guard;
    offer(guard, 521, start, "7");
    auto const second = guard.flush(start + 1s);
    REQUIRE(second.size() == 1 + FloodGuard::last_lines_kept);
    CHECK(second[0].text == "1 line was left out: more than 500 a second.");
    CHECK(second[1].text == "501");
    CHECK(guard.offer(line("next"), start + 1s).size() == 1);
}

TEST_CASE("Flood: many short calls a second are bounded as well") {
    FloodGuard guard;
    std::size_t written = 0;
    for (int call = 0; call < 10'000; ++call) {
        std::string const event = std::to_string(call);
        written += offer(guard, 15, start, event);
        written += guard.call_ended(event, start).size();
    }
    CHECK(written == 2 * FloodGuard::lines_a_second);
    CHECK(guard.flush(start + 1s).front().text.starts_with("149,000 lines were left out"));
}

TEST_CASE("Flood: numbers are readable") {
    CHECK(left_out_text(1).starts_with("1 line was"));
    CHECK(left_out_text(999).starts_with("999 lines were"));
    CHECK(left_out_text(1'000).starts_with("1,000 lines"));
    CHECK(left_out_text(1'234'567).starts_with("1,234,567 lines"));
}
