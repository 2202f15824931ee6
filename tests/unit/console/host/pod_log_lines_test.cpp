// SPDX-License-Identifier: Apache-2.0
#include "console/host/pod_log_lines.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::console;

namespace {

std::vector<Json> lines_of(std::vector<std::string> const& texts) {
    PodLogLines lines("echo-00001");
    std::string all;
    for (std::string const& text : texts)
        all += text + "\n";
    return lines.take(all);
}

}  // namespace

TEST_CASE("A pod's log: each line has its time, its text and its revision") {
    auto const lines = lines_of({"2026-11-27T14:41:01.123456789Z type: VmPoweredOnEvent"});
    REQUIRE(lines.size() == 1);
    CHECK(
        dump_json(lines.front()) ==
        R"({"at":"2026-11-27T14:41:01.123456789Z","stream":"stdout","text":"type: VmPoweredOnEvent",)"
        R"("revision":"echo-00001","eventId":null})");
}

TEST_CASE("A pod's log: lines are whole wherever the connection cuts them") {
    std::string const text =
        "2026-11-27T14:41:01.000000001Z first\n2026-11-27T14:41:01.000000002Z second\n";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        PodLogLines lines("r");
        std::vector<Json> all = lines.take(text.substr(0, cut));
        for (Json& line : lines.take(text.substr(cut)))
            all.push_back(std::move(line));
        REQUIRE(all.size() == 2);
        CHECK(string_at(all[0], "text") == "first");
        CHECK(string_at(all[1], "text") == "second");
        CHECK(lines.finish().empty());
    }
}

TEST_CASE("A pod's log: a last line without an end is told when the log ends") {
    PodLogLines lines("r");
    CHECK(lines.take("2026-11-27T14:41:01.000000001Z half").empty());
    auto const last = lines.finish();
    REQUIRE(last.size() == 1);
    CHECK(string_at(last.front(), "text") == "half");
    CHECK(lines.finish().empty());
}

TEST_CASE("A pod's log: a line without an end is cut, and the next one is whole") {
    PodLogLines lines("r");
    std::string const flood(20'000, 'x');
    auto const told = lines.take("2026-11-27T14:41:01.000000001Z " + flood + "\nnext\n");
    REQUIRE(told.size() == 2);
    CHECK(string_at(told[0], "text").size() < 8'200);
    CHECK(string_at(told[0], "text").ends_with("x..."));
    CHECK(string_at(told[1], "text") == "next");
}

TEST_CASE("A pod's log: bytes that are no UTF-8 do not break the page") {
    auto const lines = lines_of({"2026-11-27T14:41:01.000000001Z caf\xE9"});
    CHECK(string_at(lines.front(), "text") == "caf\xEF\xBF\xBD");
}

TEST_CASE("Logs of two instances: the newest lines of both, by their times") {
    auto const one =
        lines_of({"2026-11-27T14:00:00.000000001Z a", "2026-11-27T14:00:00.000000004Z d"});
    auto const other =
        lines_of({"2026-11-27T14:00:00.000000002Z b", "2026-11-27T14:00:00.000000003Z c"});
    std::string texts;
    for (Json const& line : merge_lines(one, other, 3))
        texts += string_at(line, "text");
    CHECK(texts == "bcd");
    CHECK(merge_lines(one, {}, 0).empty());
}
