// SPDX-License-Identifier: Apache-2.0
#include "broker/log/verdict.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

TEST_CASE("Verdicts: only their numbers are stored", "[broker]") {
    std::vector<VerdictRef> verdicts;
    for (std::uint32_t const id : {1U, 200U, 4'000'000'000U})
        verdicts.push_back(std::make_shared<Verdict const>(Verdict{.id = id}));
    std::string const bytes = encode_verdicts(verdicts);
    CHECK(bytes.size() <= 8);
    CHECK(decode_verdicts(bytes) == std::vector<std::uint32_t>{1, 200, 4'000'000'000U});
    CHECK(decode_verdicts("").empty());
    CHECK(decode_verdicts("\xff").empty());
}

TEST_CASE("Verdicts: a sentence says why a trigger did not match", "[broker]") {
    Verdict const verdict{
        .clause = "filters/0/prefix/vmname", .attribute = "vmname", .expected = "prod-"};
    CHECK(
        describe(verdict, "test-1") ==
        "The filter wanted vmname to be a text that begins with \"prod-\"; it was \"test-1\".");
    CHECK(describe(verdict, "").ends_with("it was absent."));
    CHECK(
        describe(
            {.clause = "filters/0/any", .attribute = "type", .expected = "\"a\" or \"b\""}, "c") ==
        "The filter wanted type to be \"a\" or \"b\"; it was \"c\".");
    CHECK(describe({.matched = true}, "") == "The filter matched.");
    CHECK(describe({.expected = "The Broker does not exist."}, "") == "The Broker does not exist.");
}

TEST_CASE("Verdicts: the dialect is read off the clause's place", "[broker]") {
    CHECK(dialect_of("filters/0/prefix/vmname") == "prefix");
    CHECK(dialect_of("filters/0/any/1/exact/type") == "exact");
    CHECK(dialect_of("filter/attributes/type") == "exact");
    CHECK(dialect_of("filters/0/any") == "any");
    CHECK(dialect_of("filters/2/not") == "not");
    CHECK(dialect_of("").empty());
}

TEST_CASE("Attempts: the last hundred are kept and come back", "[broker]") {
    std::vector<Attempt> attempts;
    for (int i = 0; i < 150; ++i)
        attempts.push_back(
            {.at = SystemTime(seconds(i)), .status = i, .took = milliseconds(i), .error = "x"});
    auto const back = decode_attempts(encode_attempts(attempts));
    REQUIRE(back.size() == attempts_kept_max);
    CHECK(back.front() == attempts[50]);
    CHECK(back.back() == attempts.back());
    CHECK(decode_attempts("\x01").empty());
}

TEST_CASE("Delivery states: numbers from a file are never trusted", "[broker]") {
    CHECK(delivery_state_from(2) == DeliveryState::failed);
    CHECK(delivery_state_from(77) == DeliveryState::pending);
    CHECK(to_string(DeliveryState::dead_lettering) == "pending");
    CHECK(to_string(DeliveryState::dead_lettered) == "deadLettered");
}
