// SPDX-License-Identifier: Apache-2.0
#include "broker/log/late_records.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

SteadyTime const now = SteadyTime(1h);

DeliveryRecord record(std::int64_t seq, DeliveryState state = DeliveryState::delivered) {
    return {.seq = seq, .version = 1, .state = state};
}

}  // namespace

TEST_CASE("Late records: of a delivery only the last one counts", "[broker]") {
    LateRecords late;
    late.add(1, record(5, DeliveryState::pending));
    late.add(1, record(5));
    late.add(1, record(6));
    CHECK(late.size() == 2);
    auto const taken = late.take(now);
    REQUIRE(taken.size() == 2);
    CHECK(taken[0].state == DeliveryState::delivered);
    late.written();
    CHECK(late.empty());
    CHECK(late.size() == 0);
    CHECK(late.take(now).empty());
}

// Review 4.1.
TEST_CASE("Late records: one file that cannot be written holds up no other", "[broker]") {
    LateRecords late;
    late.add(1, record(5));
    late.add(2, record(50));
    CHECK(late.take(now).front().seq == 5);
    late.failed({ErrorCode::storage, "000001.db: disk full"}, now);
    CHECK(late.trouble().find("000001.db") != std::string::npos);
    CHECK(late.take(now).front().seq == 50);
    late.written();
    CHECK(late.take(now).empty());
    REQUIRE(late.next_due());
    CHECK(*late.next_due() > now);
    CHECK(late.take(*late.next_due()).front().seq == 5);
    late.written();
    CHECK(late.trouble().empty());
}

TEST_CASE("Late records: the pause grows with each failure, to a bound", "[broker]") {
    LateRecords late;
    late.add(1, record(5));
    SteadyTime at = now;
    nanoseconds before{};
    for (int i = 0; i < 12; ++i) {
        REQUIRE_FALSE(late.take(at).empty());
        late.failed({ErrorCode::storage, "no"}, at);
        nanoseconds const pause = *late.next_due() - at;
        CHECK(pause >= before);
        CHECK(pause <= 30s);
        before = pause;
        at = *late.next_due();
    }
}

TEST_CASE("Late records: of a damaged file they are given up, and that is said", "[broker]") {
    LateRecords late;
    late.add(1, record(5));
    late.take(now);
    late.failed({ErrorCode::damaged, "000001.db is malformed"}, now);
    CHECK(late.empty());
    late.add(1, record(6));
    CHECK(late.empty());
    CHECK(late.trouble().find("000001.db") != std::string::npos);
}

TEST_CASE("Late records: the oldest that waits is known, be its file tried or not", "[broker]") {
    LateRecords late;
    CHECK_FALSE(late.oldest_seq());
    late.add(2, record(50));
    late.add(1, record(7));
    late.add(1, record(5));
    CHECK(late.oldest_seq() == 5);
    late.take(now);
    late.failed({ErrorCode::storage, "no"}, now);
    CHECK(late.oldest_seq() == 5);
    late.take(*late.next_due());
    late.written();
    late.take(*late.next_due());
    late.written();
    CHECK_FALSE(late.oldest_seq());
}
