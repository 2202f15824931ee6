// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery/delivery_cursor.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::broker;

namespace {

using Kind = DeliveryCursor::Action::Kind;
using Outcome = DeliveryCursor::Outcome;

SteadyTime const now = SteadyTime(1h);
SystemTime const wall = *parse_rfc3339("2026-11-25T10:00:00Z");

/// Says what a broker would do, one step after the other.
class Driven {
public:
    explicit Driven(std::int64_t position = 0, std::int64_t unread_to = 0, std::size_t window = 8)
        : cursor({.concurrency = 4, .window = window}, position, unread_to) {}

    DeliveryCursor::Action next() { return cursor.next(at, true); }
    /// The events that are sent now.
    std::vector<std::int64_t> sent() {
        std::vector<std::int64_t> seqs;
        for (auto action = next(); action.kind == Kind::send; action = next())
            seqs.push_back(action.seq);
        return seqs;
    }
    void offer(std::int64_t seq, std::uint64_t lane = 0) { cursor.offered(seq, lane, 1); }
    DeliveryCursor::Step answer(std::int64_t seq, int status, std::string retry_after = "") {
        DeliveryCursor::Answer told{.at = wall, .took = 5ms};
        told.result = {.status = status, .is_busy = !retry_after.empty()};
        told.result.retry_after = std::move(retry_after);
        if (status / 100 != 2)
            told.result.error = "answered " + std::to_string(status);
        return cursor.answered(
            seq, told,
            {.retry = policy, .has_dead_letter_sink = has_sink, .destination = "http://f/"}, at);
    }

    RetryPolicy policy{.retries = 2, .backoff = BackoffPolicy::linear, .delay = 100ms};
    bool has_sink = false;
    SteadyTime at = now;
    DeliveryCursor cursor;
};

PendingPage page(std::vector<std::int64_t> const& seqs, std::int64_t examined_to) {
    PendingPage made{.examined_to = examined_to};
    for (std::int64_t const seq : seqs)
        made.items.push_back({.seq = seq, .version = 1});
    return made;
}

}  // namespace

TEST_CASE(
    "Cursor: with nothing to deliver it is idle, caught up with the newest event", "[broker]") {
    Driven driven;
    CHECK(driven.next().kind == Kind::idle);
    CHECK(driven.cursor.is_caught_up());
    CHECK(driven.cursor.low_water(70) == 71);
}

TEST_CASE("Cursor: what is offered is sent, as many at once as allowed", "[broker]") {
    Driven driven;
    for (std::int64_t seq = 1; seq <= 6; ++seq)
        driven.offer(seq);
    CHECK(driven.sent() == std::vector<std::int64_t>{1, 2, 3, 4});
    CHECK(driven.next().kind == Kind::idle);
    auto const step = driven.answer(2, 202);
    CHECK(step.outcome == Outcome::delivered);
    REQUIRE(step.record);
    CHECK(step.record->state == DeliveryState::delivered);
    CHECK(step.record->attempts.size() == 1);
    CHECK(driven.sent() == std::vector<std::int64_t>{5});
    CHECK(driven.cursor.low_water(6) == 1);
}

TEST_CASE("Cursor: events of one lane go one after the other, retries included", "[broker]") {
    Driven driven;
    driven.offer(1, 9);
    driven.offer(2, 9);
    driven.offer(3, 0);
    CHECK(driven.sent() == std::vector<std::int64_t>{1, 3});
    CHECK(driven.answer(1, 500).outcome == Outcome::retry);
    driven.answer(3, 202);
    auto const wait = driven.next();
    REQUIRE(wait.kind == Kind::wait);
    CHECK(wait.until == now + 100ms);
    driven.at = wait.until;
    CHECK(driven.sent() == std::vector<std::int64_t>{1});
    driven.answer(1, 202);
    CHECK(driven.sent() == std::vector<std::int64_t>{2});
}

TEST_CASE(
    "Cursor: the last attempt fails the event, or hands it to the dead letter sink", "[broker]") {
    for (bool const has_sink : {false, true}) {
        Driven driven;
        driven.has_sink = has_sink;
        driven.offer(1);
        for (int attempt = 1; attempt <= 2; ++attempt) {
            REQUIRE(driven.sent().size() == 1);
            CHECK(driven.answer(1, 503).outcome == Outcome::retry);
            driven.at += 1s;
        }
        REQUIRE(driven.sent().size() == 1);
        auto const last = driven.answer(1, 503);
        if (!has_sink) {
            CHECK(last.outcome == Outcome::failed);
            CHECK(last.record->attempts.size() == 3);
            CHECK(driven.cursor.is_caught_up());
            continue;
        }
        CHECK(last.outcome == Outcome::dead_letter);
        CHECK(last.record->state == DeliveryState::dead_lettering);
        REQUIRE(driven.sent() == std::vector<std::int64_t>{1});
        CHECK(driven.cursor.delivery(1).reason.status == 503);
        CHECK(driven.answer(1, 202).outcome == Outcome::dead_lettered);
        CHECK(driven.cursor.is_caught_up());
    }
}

// Review 4.6.
TEST_CASE("Cursor: what is offered while the log is read comes by the page, once", "[broker]") {
    Driven driven(10, 15);
    auto const read = driven.next();
    REQUIRE(read.kind == Kind::read);
    CHECK(read.read.after_seq == 10);
    CHECK(read.read.to_seq == 15);
    driven.offer(16);
    driven.offer(17);
    CHECK(driven.next().kind == Kind::idle);
    driven.cursor.page_read(page({12, 15}, 15));
    CHECK(driven.sent() == std::vector<std::int64_t>{});
}

TEST_CASE("Cursor: it reads on until it has caught up with what came meanwhile", "[broker]") {
    Driven driven(10, 15);
    REQUIRE(driven.next().kind == Kind::read);
    driven.offer(16);
    driven.cursor.page_read(page({12}, 15));
    auto const again = driven.next();
    REQUIRE(again.kind == Kind::read);
    CHECK(again.read.after_seq == 15);
    CHECK(again.read.to_seq == 16);
    driven.cursor.page_read(page({16}, 16));
    CHECK(driven.sent() == std::vector<std::int64_t>{12, 16});
    driven.offer(17);
    CHECK(driven.sent() == std::vector<std::int64_t>{17});
    driven.offer(17);
    CHECK(driven.cursor.known() == 3);
}

TEST_CASE("Cursor: an event that a page had before it was offered is not added twice", "[broker]") {
    Driven driven(0, 5);
    REQUIRE(driven.next().kind == Kind::read);
    driven.cursor.page_read(page({5, 6}, 6));
    driven.offer(6);
    CHECK(driven.cursor.known() == 2);
}

TEST_CASE("Cursor: what does not fit in the window is read when there is room", "[broker]") {
    Driven driven(0, 0, 4);
    for (std::int64_t seq = 1; seq <= 7; ++seq)
        driven.offer(seq);
    CHECK(driven.cursor.known() == 4);
    CHECK(driven.cursor.is_behind());
    CHECK(driven.sent().size() == 4);
    for (std::int64_t const seq : {1, 2})
        driven.answer(seq, 202);
    auto const read = driven.next();
    REQUIRE(read.kind == Kind::read);
    CHECK(read.read.after_seq == 4);
    CHECK(read.read.limit == 2);
    CHECK(driven.cursor.low_water(7) == 3);
    driven.cursor.page_read(page({5, 6}, 6));
    CHECK(driven.sent() == std::vector<std::int64_t>{5, 6});
    CHECK(driven.cursor.is_behind());
}

// Attack 2.
TEST_CASE(
    "Cursor: a log that cannot be read is tried again, later and later; sending goes on",
    "[broker]") {
    Driven driven(0, 9);
    nanoseconds before{};
    for (int i = 0; i < 8; ++i) {
        REQUIRE(driven.next().kind == Kind::read);
        driven.cursor.read_failed(driven.at);
        auto const wait = driven.next();
        REQUIRE(wait.kind == Kind::wait);
        CHECK(wait.until - driven.at >= before);
        CHECK(wait.until - driven.at <= 30s);
        before = wait.until - driven.at;
        driven.at = wait.until;
    }
    REQUIRE(driven.next().kind == Kind::read);
    driven.cursor.page_read(page({9}, 9));
    CHECK(driven.sent() == std::vector<std::int64_t>{9});
}

// Review 4.23.
TEST_CASE("Cursor: a busy subscriber gets fewer at once, and no event fails by it", "[broker]") {
    Driven driven;
    for (std::int64_t seq = 1; seq <= 8; ++seq)
        driven.offer(seq);
    REQUIRE(driven.sent().size() == 4);
    for (std::int64_t const seq : {2, 3, 4}) {
        auto const step = driven.answer(seq, 503, "1");
        CHECK(step.outcome == Outcome::busy);
        CHECK_FALSE(step.record);
    }
    CHECK(driven.cursor.concurrency() == 1);
    CHECK(driven.next().kind == Kind::idle);
    driven.answer(1, 202);
    CHECK(driven.sent() == std::vector<std::int64_t>{2});
    CHECK(driven.cursor.delivery(2).attempts_made == 0);
}

TEST_CASE("Cursor: busy without anything under way waits as long as was wished", "[broker]") {
    Driven driven;
    driven.offer(1);
    for (int i = 0; i < 100; ++i) {
        REQUIRE(driven.sent() == std::vector<std::int64_t>{1});
        CHECK(driven.answer(1, 429, "3").outcome == Outcome::busy);
        auto const wait = driven.next();
        REQUIRE(wait.kind == Kind::wait);
        CHECK(wait.until == driven.at + 3s);
        driven.at = wait.until;
    }
    REQUIRE(driven.sent().size() == 1);
    auto const step = driven.answer(1, 202);
    CHECK(step.outcome == Outcome::delivered);
    CHECK(step.record->attempts.size() == 1);
}

TEST_CASE("Cursor: who is busy for a day has failed", "[broker]") {
    Driven driven;
    driven.policy.retries = 0;
    driven.offer(1);
    REQUIRE(driven.sent().size() == 1);
    CHECK(driven.answer(1, 503, "1").outcome == Outcome::busy);
    driven.at += std::chrono::hours(25);
    REQUIRE(driven.sent().size() == 1);
    CHECK(driven.answer(1, 503, "1").outcome == Outcome::failed);
}

TEST_CASE("Cursor: after enough successes one more is tried at once", "[broker]") {
    Driven driven;
    std::int64_t seq = 0;
    for (int i = 0; i < 2; ++i)
        driven.offer(++seq);
    REQUIRE(driven.sent().size() == 2);
    driven.answer(2, 503, "1");
    CHECK(driven.cursor.concurrency() == 1);
    driven.answer(1, 202);
    for (int i = 0; i < 3; ++i) {
        for (std::int64_t const one : driven.sent())
            driven.answer(one, 202);
        driven.offer(++seq);
    }
    CHECK(driven.cursor.concurrency() == 2);
}

TEST_CASE(
    "Cursor: an event that is damaged is given up with the reason, its lane goes on", "[broker]") {
    Driven driven;
    driven.offer(1, 5);
    driven.offer(2, 5);
    REQUIRE(driven.sent() == std::vector<std::int64_t>{1});
    auto const record = driven.cursor.lost(1, {ErrorCode::damaged, "000001.db is damaged"}, wall);
    CHECK(record.state == DeliveryState::failed);
    CHECK(record.attempts.back().error == "000001.db is damaged");
    CHECK(driven.sent() == std::vector<std::int64_t>{2});
}

TEST_CASE("Cursor: while the log's writer is behind nothing is sent, reading goes on", "[broker]") {
    Driven driven(0, 3);
    driven.cursor.next(now, false);
    driven.cursor.page_read(page({3}, 3));
    CHECK(driven.cursor.next(now, false).kind == Kind::idle);
    CHECK(driven.sent() == std::vector<std::int64_t>{3});
}

TEST_CASE("Cursor: once stopped it begins nothing, and answers still count", "[broker]") {
    Driven driven;
    driven.offer(1);
    driven.offer(2);
    CHECK(driven.next().kind == Kind::send);
    driven.cursor.stop();
    CHECK(driven.next().kind == Kind::idle);
    CHECK(driven.answer(1, 202).outcome == Outcome::delivered);
    CHECK(driven.cursor.low_water(2) == 2);
}

TEST_CASE("Cursor: attempts of the run before count", "[broker]") {
    Driven driven(0, 1);
    REQUIRE(driven.next().kind == Kind::read);
    PendingPage restored = page({1}, 1);
    restored.items.front().attempts = {
        {.status = 500, .error = "a"}, {.status = 500, .error = "b"}};
    driven.cursor.page_read(std::move(restored));
    REQUIRE(driven.sent().size() == 1);
    auto const step = driven.answer(1, 500);
    CHECK(step.outcome == Outcome::failed);
    CHECK(step.record->attempts.size() == 3);
}

TEST_CASE(
    "Cursor: every step can fail once, and every event is delivered all the same", "[broker]") {
    // One run without failures tells how many steps there are; then each of them fails once.
    auto const run = [](int failing) {
        Driven driven(0, 3, 4);
        int step = 0;
        std::int64_t offered = 3;
        std::vector<std::int64_t> delivered;
        for (int guard = 0; guard < 1000 && delivered.size() < 12; ++guard) {
            auto const action = driven.next();
            bool const fails =
                action.kind != Kind::idle && action.kind != Kind::wait && step++ == failing;
            if (action.kind == Kind::send && fails)
                driven.answer(action.seq, 0);
            else if (action.kind == Kind::send)
                delivered.push_back(action.seq), driven.answer(action.seq, 202);
            else if (action.kind == Kind::read && fails)
                driven.cursor.read_failed(driven.at);
            else if (action.kind == Kind::read) {
                std::vector<std::int64_t> seqs;
                for (std::int64_t seq = action.read.after_seq + 1;
                     seq <= action.read.to_seq && seqs.size() < action.read.limit; ++seq)
                    seqs.push_back(seq);
                driven.cursor.page_read(
                    page(seqs, seqs.empty() ? action.read.to_seq : seqs.back()));
            } else if (action.kind == Kind::wait) {
                driven.at = action.until;
            }
            if (offered < 12 && guard % 2 == 0)
                driven.offer(++offered);
        }
        std::ranges::sort(delivered);
        REQUIRE(delivered == std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
        CHECK(driven.cursor.is_caught_up());
        return step;
    };
    int const steps = run(-1);
    for (int failing = 0; failing < steps; ++failing) {
        CAPTURE(failing);
        run(failing);
    }
}
