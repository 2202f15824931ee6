// SPDX-License-Identifier: Apache-2.0
#include "broker/record/delivery_record.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

TEST_CASE("Attempts: the last hundred are kept and come back", "[broker]") {
    std::vector<Attempt> attempts;
    for (int i = 0; i < 150; ++i)
        attempts.push_back(
            {.at = SystemTime(seconds(i)), .status = i, .took = milliseconds(i), .error = "x"});
    auto const back = decode_attempts(encode_attempts(attempts));
    REQUIRE(back);
    REQUIRE(back->size() == attempts_kept_max);
    CHECK(back->front() == attempts[50]);
    CHECK(back->back() == attempts.back());
    CHECK(decode_attempts("\x01").error().code == ErrorCode::damaged);
}

TEST_CASE("Delivery states: numbers from a file are never trusted", "[broker]") {
    CHECK(delivery_state_from(2) == DeliveryState::failed);
    CHECK(delivery_state_from(77).error().code == ErrorCode::damaged);
    CHECK(delivery_state_from(-1).error().code == ErrorCode::damaged);
    CHECK(to_string(DeliveryState::dead_lettering) == "pending");
    CHECK(to_string(DeliveryState::dead_lettered) == "deadLettered");
}
