// SPDX-License-Identifier: Apache-2.0
#include "router/source/dead_letter_file.hpp"

#include "common/base/json.hpp"
#include "tests/simulation/router/simulated_folder.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::router;
using test::SimulatedFolder;

namespace {

OutboundEvent event_of(std::int32_t key) {
    OutboundEvent event;
    event.key = key;
    event.message = "POST / HTTP/1.1\r\n\r\n{\"name\":\"caf\xe9\"}";
    return event;
}

std::vector<std::int64_t> keys_in(std::string const& text) {
    std::vector<std::int64_t> keys;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t const end = text.find('\n', at);
        auto const line = parse_json(text.substr(at, end - at));
        keys.push_back(line ? integer_at(*line, "key").value_or(-1) : -1);
        at = end == std::string::npos ? text.size() : end + 1;
    }
    return keys;
}

Refusal const refusal{.at = SystemTime(), .status = 400, .reason = "no"};

}  // namespace

TEST_CASE("Dead letters: each is one line of JSON with its reason, and survives a power cut") {
    std::mt19937_64 random{1};
    SimulatedFolder folder(random);
    DeadLetterFile file(folder);
    REQUIRE(file.append(event_of(1), refusal));
    REQUIRE(file.append(event_of(2), refusal));
    folder.cut_power();
    std::string const text = folder.content("dead-letters.jsonl");
    CHECK(keys_in(text) == std::vector<std::int64_t>{1, 2});
    auto const line = parse_json(text.substr(0, text.find('\n')));
    REQUIRE(line);
    CHECK(string_at(*line, "reason") == "no");
    CHECK(integer_at(*line, "status") == 400);
}

TEST_CASE("Dead letters: one that a full disk took in part is not in the way of the next") {
    std::mt19937_64 random{1};
    SimulatedFolder folder(random);
    DeadLetterFile file(folder);
    REQUIRE(file.append(event_of(1), refusal));
    folder.set_full(true);
    for (int i = 0; i < 5; ++i)
        CHECK_FALSE(file.append(event_of(2), refusal));
    folder.set_full(false);
    REQUIRE(file.append(event_of(3), refusal));
    CHECK(keys_in(folder.content("dead-letters.jsonl")) == std::vector<std::int64_t>{1, 3});
}

TEST_CASE("Dead letters: behind one that a crash left in part, the next has a line of its own") {
    std::mt19937_64 random{1};
    SimulatedFolder folder(random);
    {
        DeadLetterFile file(folder);
        REQUIRE(file.append(event_of(1), refusal));
        folder.crash_in(1);
        CHECK_FALSE(file.append(event_of(2), refusal));
        folder.restart();
    }
    DeadLetterFile file(folder);
    REQUIRE(file.append(event_of(3), refusal));
    REQUIRE(file.append(event_of(4), refusal));
    auto const keys = keys_in(folder.content("dead-letters.jsonl"));
    REQUIRE(keys.size() == 4);
    CHECK(keys.front() == 1);
    CHECK(keys[2] == 3);
    CHECK(keys[3] == 4);
}
