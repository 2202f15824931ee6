// SPDX-License-Identifier: Apache-2.0
#include "broker/history/index_troubles.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

Error const full{ErrorCode::storage, "000001.idx: the disk is full."};
Error const broken{ErrorCode::damaged, "000002.db: malformed."};

}  // namespace

TEST_CASE("IndexTroubles: what the disk refused is tried again, later and later", "[broker]") {
    IndexTroubles troubles(5s, 60s);
    SteadyTime now = steady_now();
    for (seconds const pause : {5s, 10s, 20s, 40s, 60s, 60s}) {
        troubles.failed(1, full, now);
        CHECK(troubles.next_try() == now + pause);
        CHECK_FALSE(troubles.may_try(1, now + pause - 1ms));
        now += pause;
        CHECK(troubles.may_try(1, now));
    }
    CHECK(troubles.may_try(2, now));
}

TEST_CASE("IndexTroubles: what is damaged or gone is never tried again", "[broker]") {
    IndexTroubles troubles(5s, 60s);
    SteadyTime const now = steady_now();
    troubles.failed(2, broken, now);
    troubles.failed(3, {ErrorCode::not_found, "000003.db does not exist."}, now);
    CHECK_FALSE(troubles.next_try());
    CHECK_FALSE(troubles.may_try(2, now + 8760h));
    CHECK_FALSE(troubles.may_try(3, now + 8760h));
}

TEST_CASE("IndexTroubles: a problem is news once, and told until it has ended", "[broker]") {
    IndexTroubles troubles(5s, 60s);
    SteadyTime const now = steady_now();
    CHECK(troubles.text().empty());
    CHECK_FALSE(troubles.succeeded(1));
    CHECK(troubles.failed(2, broken, now));
    CHECK(troubles.failed(1, full, now));
    CHECK_FALSE(troubles.failed(1, full, now + 5s));
    CHECK(troubles.text() == full.detail + " And 1 more.");
    CHECK(troubles.next_try() == now + 15s);
    CHECK(troubles.succeeded(1));
    CHECK(troubles.text() == broken.detail);
    troubles.forget_below(2);
    CHECK(troubles.text() == broken.detail);
    troubles.forget_below(3);
    CHECK(troubles.text().empty());
}
