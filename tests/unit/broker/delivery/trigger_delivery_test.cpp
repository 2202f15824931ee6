// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery/trigger_delivery.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

SteadyTime const now{};

TriggerRouteRef route() {
    auto made = std::make_shared<TriggerRoute>();
    made->trigger = "default/echo";
    made->retry.retries = 0;
    return made;
}

/// A trigger that matched the events 1 to `matched`, as far as they were counted when `saved`.
TriggerDelivery after_kill(TriggerTotals saved, std::int64_t matched) {
    saved.matched = static_cast<std::uint64_t>(matched);
    return {{.concurrency = 16, .window = 100}, std::move(saved), route(), matched};
}

/// The log says that of the events up to `examined_to` these are not settled, and these failed.
PendingPage page(
    std::int64_t examined_to, std::vector<std::int64_t> const& unsettled,
    std::vector<std::int64_t> failed) {
    PendingPage page{.examined_to = examined_to, .failed = std::move(failed)};
    for (std::int64_t const seq : unsettled)
        page.items.push_back({.seq = seq, .lane = static_cast<std::uint64_t>(seq)});
    return page;
}

void read(TriggerDelivery& delivery, PendingPage page) {
    auto const action = delivery.next(now, true);
    REQUIRE(action.kind == DeliveryCursor::Action::Kind::read);
    delivery.page_read(std::move(page), {});
}

void answer(TriggerDelivery& delivery, std::int64_t seq, int status) {
    DeliveryCursor::Answer answer;
    answer.result.status = status;
    answer.result.error = status == 202 ? "" : "refused";
    delivery.answered(seq, answer, now);
}

void send_all(TriggerDelivery& delivery) {
    while (delivery.next(now, true).kind == DeliveryCursor::Action::Kind::send)
        ;
}

}  // namespace

// Attack 21.
TEST_CASE(
    "Trigger delivery: counters add up after a kill, though their last second was not saved") {
    // 10 matched; 1 to 8 were settled, 3 of them refused, and the counters know of two.
    auto delivery = after_kill({.low_water = 1, .delivered = 2}, 10);
    read(delivery, page(10, {9, 10}, {3}));
    CHECK(delivery.totals().delivered == 7);
    CHECK(delivery.totals().failed == 1);
    CHECK(delivery.pending() == 2);
}

// Attack 21.
TEST_CASE("Trigger delivery: what was counted and is made again counts once") {
    // The record of event 2 was not on disk, its counter was.
    auto delivery = after_kill({.low_water = 2, .delivered = 2}, 2);
    read(delivery, page(2, {2}, {}));
    CHECK(delivery.totals().delivered == 1);
    send_all(delivery);
    answer(delivery, 2, 202);
    CHECK(delivery.totals().delivered == 2);
    CHECK(delivery.pending() == 0);
}

TEST_CASE("Trigger delivery: while the log is being read the counters are those that were saved") {
    auto delivery = after_kill({.low_water = 1, .delivered = 2}, 10);
    read(delivery, page(5, {}, {3}));
    CHECK(delivery.totals().delivered == 2);
    CHECK(delivery.totals().failed == 1);
    CHECK(delivery.cursor().is_behind());
}

// What is read again after a kill must not be counted again.
TEST_CASE("Trigger delivery: of what failed, only what is below every unsettled event is saved") {
    auto delivery = after_kill({.low_water = 1}, 4);
    read(delivery, page(4, {1, 2, 3, 4}, {}));
    send_all(delivery);
    answer(delivery, 1, 400);
    answer(delivery, 3, 400);
    auto const behind = delivery.take_changed(4);
    REQUIRE(behind);
    CHECK(behind->low_water == 2);
    CHECK(behind->failed == 1);
    CHECK(delivery.totals().failed == 2);
    answer(delivery, 2, 202);
    answer(delivery, 4, 202);
    auto const done = delivery.take_changed(4);
    REQUIRE(done);
    CHECK(done->low_water == 0);
    CHECK(done->failed == 2);
    CHECK(done->delivered == 2);
}
