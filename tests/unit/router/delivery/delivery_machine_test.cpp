// SPDX-License-Identifier: Apache-2.0
#include "router/delivery/delivery_machine.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::router;

namespace {

constexpr char const* head = "POST / HTTP/1.1\r\nHost: sink\r\n";
constexpr char const* batches = "application/cloudevents-batch+json";

DeliveryLimits limits() {
    DeliveryLimits limits;
    limits.lanes = 4;
    limits.batch_lanes = 2;
    limits.retry.blocked_failures_max = 20;
    limits.retry.blocked_time_max = 60s;
    return limits;
}

/// A machine with a clock and what it said.
struct Rig {
    DeliveryMachine machine{limits(), head};
    SteadyTime now{};
    std::uint64_t next_position = 0;
    std::vector<int> delivered;

    std::size_t submit(int key, std::uint64_t entity) {
        OutboundEvent event;
        event.key = key;
        event.entity = entity;
        event.encoding = machine.encoding();
        event.message = "{" + std::to_string(key) + "}";
        return machine.submit(next_position++, std::move(event));
    }
    Moment moment() const { return {now, SystemTime(), 0}; }
    /// The request the lane posts now; fails the test if it does not.
    std::string post(std::size_t lane) {
        auto const step = machine.next(lane, now);
        auto const* post = std::get_if<Post>(&step);
        REQUIRE(post != nullptr);
        return std::string(post->request);
    }
    AttemptResult answer(std::size_t lane, int status, std::string accept_post = {}) {
        auto result =
            machine.answered(lane, {.status = status, .accept_post = accept_post}, moment());
        if (auto const* some = std::get_if<Delivered>(&result))
            for (Settled const& settled : some->events)
                delivered.push_back(settled.key);
        return result;
    }
    /// Waits for the lane's pause to end.
    void pass(std::size_t lane) {
        auto const step = machine.next(lane, now);
        auto const* pause = std::get_if<Pause>(&step);
        REQUIRE(pause != nullptr);
        CHECK(pause->until > now);
        now = pause->until;
    }
    /// Lets the sink announce batches.
    void announce() {
        std::size_t const lane = submit(0, 0);
        post(lane);
        answer(lane, 202, batches);
        delivered.clear();
    }
};

template <class T>
bool is(AttemptResult const& result) {
    return std::holds_alternative<T>(result);
}

}  // namespace

TEST_CASE("Delivery machine: a lane rests, posts, and rests again when the sink has the event") {
    Rig rig;
    CHECK(std::holds_alternative<Rest>(rig.machine.next(0, rig.now)));
    std::size_t const lane = rig.submit(7, 1);
    CHECK(rig.post(lane) == "{7}");
    CHECK(rig.machine.pending() == 1);
    CHECK(is<Delivered>(rig.answer(lane, 202)));
    CHECK(rig.delivered == std::vector<int>{7});
    CHECK(rig.machine.pending() == 0);
    CHECK(std::holds_alternative<Rest>(rig.machine.next(lane, rig.now)));
}

TEST_CASE("Delivery machine: a failed attempt is a pause, then the same request once more") {
    Rig rig;
    std::size_t const lane = rig.submit(7, 1);
    std::string const request = rig.post(lane);
    CHECK(is<Retrying>(rig.answer(lane, 503)));
    CHECK(rig.machine.last_failure() == "The sink answered 503.");
    rig.pass(lane);
    CHECK(rig.post(lane) == request);
    CHECK(is<Retrying>(rig.machine.unanswered(lane, "reset", rig.moment())));
    CHECK(rig.machine.last_failure() == "The sink does not answer: reset");
    rig.pass(lane);
    CHECK(rig.post(lane) == request);
    CHECK(is<Delivered>(rig.answer(lane, 200)));
    CHECK(rig.machine.last_failure().empty());
    CHECK(rig.machine.retries_total() == 2);
    CHECK(rig.machine.requests_total() == 3);
}

TEST_CASE("Delivery machine: what waits on a lane goes in one request once batches are announced") {
    Rig rig;
    rig.announce();
    std::size_t const lane = rig.submit(1, 5);
    rig.submit(2, 5);
    rig.submit(3, 5);
    std::string const request = rig.post(lane);
    CHECK(request.starts_with(head));
    CHECK(request.ends_with("[{1},{2},{3}]"));
    CHECK(is<Delivered>(rig.answer(lane, 202, batches)));
    CHECK(rig.delivered == std::vector<int>{1, 2, 3});
}

TEST_CASE("Delivery machine: a refused batch is split, and only the event at fault is buried") {
    Rig rig;
    rig.announce();
    std::size_t const lane = rig.submit(1, 5);
    rig.submit(2, 5);
    rig.submit(3, 5);
    rig.post(lane);
    CHECK(is<Splitting>(rig.answer(lane, 400, batches)));
    rig.post(lane);
    CHECK(is<Delivered>(rig.answer(lane, 202, batches)));
    for (unsigned i = 1; i < RetryLimits().refusals_max; ++i) {
        rig.post(lane);
        CHECK(is<Retrying>(rig.answer(lane, 400)));
        rig.pass(lane);
    }
    rig.post(lane);
    auto const result = rig.answer(lane, 400);
    REQUIRE(is<Refused>(result));
    CHECK(std::get<Refused>(result).event->event.key == 2);
    CHECK(std::get<Refused>(result).status == 400);
    CHECK(rig.machine.bury(lane).key == 2);
    rig.post(lane);
    CHECK(is<Delivered>(rig.answer(lane, 202)));
    CHECK(rig.delivered == std::vector<int>{1, 3});
    CHECK(rig.machine.pending() == 0);
}

TEST_CASE("Delivery machine: an event that cannot be buried is tried again") {
    Rig rig;
    std::size_t const lane = rig.submit(1, 5);
    for (unsigned i = 1; i < RetryLimits().refusals_max; ++i) {
        rig.post(lane);
        rig.answer(lane, 400);
        rig.pass(lane);
    }
    rig.post(lane);
    REQUIRE(is<Refused>(rig.answer(lane, 400)));
    rig.machine.not_buried(lane, rig.moment());
    CHECK(rig.machine.pending() == 1);
    rig.pass(lane);
    rig.post(lane);
    CHECK(is<Delivered>(rig.answer(lane, 202)));
}

TEST_CASE("Delivery machine: a sink that takes no batches after all is not sent one again") {
    Rig rig;
    rig.announce();
    std::size_t const lane = rig.submit(1, 5);
    rig.submit(2, 5);
    rig.post(lane);
    CHECK(is<Splitting>(rig.answer(lane, 415, batches)));
    CHECK(rig.machine.encoding() == EventEncoding::request);
    rig.post(lane);
    rig.answer(lane, 202, batches);
    CHECK(rig.machine.encoding() == EventEncoding::request);
}

TEST_CASE("Delivery machine: while the sink is down, nothing is ever given up") {
    Rig rig;
    std::size_t const lane = rig.submit(1, 5);
    for (int i = 0; i < 1'000; ++i) {
        rig.post(lane);
        CHECK(is<Retrying>(rig.answer(lane, 500)));
        rig.pass(lane);
    }
    CHECK_FALSE(rig.machine.blocked());
}

// Review 4.9.
TEST_CASE("Delivery machine: an event failed on while others come through is given up in the end") {
    Rig rig;
    std::size_t const lane = rig.submit(1, 5);
    int attempts = 0;
    AttemptResult result = Retrying();
    for (int key = 100; is<Retrying>(result) && key < 300; ++key) {
        rig.post(lane);
        ++attempts;
        result = rig.answer(lane, 500);
        if (is<Refused>(result))
            break;
        std::size_t const other = rig.submit(key, 6);
        REQUIRE(other != lane);
        rig.post(other);
        rig.answer(other, 202);
        rig.pass(lane);
        CHECK((attempts < 5 || rig.machine.blocked()->key == 1));
    }
    REQUIRE(is<Refused>(result));
    CHECK(attempts > 20);
    CHECK(rig.now - SteadyTime() >= 60s);
    CHECK(std::get<Refused>(result).reason.find("took other events") != std::string::npos);
    rig.machine.bury(lane);
    CHECK_FALSE(rig.machine.blocked());
    CHECK(rig.machine.stuck_pending() == 0);
}

TEST_CASE("Delivery machine: busy, come back then, is never held against an event") {
    Rig rig;
    std::size_t const lane = rig.submit(1, 5);
    for (int key = 100; key < 400; ++key) {
        rig.post(lane);
        auto const result =
            rig.machine.answered(lane, {.status = 503, .retry_after = "1"}, rig.moment());
        CHECK(is<Retrying>(result));
        std::size_t const other = rig.submit(key, 6);
        rig.post(other);
        rig.answer(other, 202);
        rig.pass(lane);
    }
    CHECK_FALSE(rig.machine.blocked());
}

TEST_CASE("Delivery machine: other entities leave a stuck lane, whole and in order") {
    Rig rig;
    rig.announce();
    // One entity that the sink fails on, with others behind it on the lane.
    std::size_t const lane = rig.submit(1, 5);
    std::vector<std::size_t> lanes;
    for (int key = 2; key < 40; ++key)
        lanes.push_back(rig.submit(key, static_cast<std::uint64_t>(5 + key % 8)));
    REQUIRE(std::ranges::count(lanes, lane) > 8);
    for (int i = 0; i < 30 && rig.machine.stuck_pending() == 0; ++i) {
        rig.post(lane);
        auto const result = rig.answer(lane, 500, batches);
        if (is<Retrying>(result) && rig.machine.stuck_pending() == 0)
            rig.pass(lane);
    }
    CHECK_FALSE(rig.machine.take_woken().empty());
    CHECK(rig.machine.take_woken().empty());
    // Only entity 5 stays: events 1 and each eighth.
    CHECK(rig.machine.stuck_pending() == 5);
    for (std::size_t other = 0; other < rig.machine.lanes(); ++other)
        while (other != lane && !std::holds_alternative<Rest>(rig.machine.next(other, rig.now)))
            rig.answer(other, 202, batches);
    CHECK(rig.delivered.size() == 39 - 5);
    std::map<int, int> last;
    for (int const key : rig.delivered) {
        CHECK(last[key % 8] < key);
        last[key % 8] = key;
    }
    CHECK(rig.submit(500, 77) != lane);
}

// The simulation found it: the source stopped for good once each lane had an event of its own that
// the sink fails on.
TEST_CASE("Delivery machine: with such an event on every lane, all others still come through") {
    Rig rig;
    constexpr int events = 40;
    auto const is_poison = [&rig](int key) { return key <= static_cast<int>(rig.machine.lanes()); };
    for (int key = 1; key <= events; ++key)
        rig.submit(key, static_cast<std::uint64_t>(key % 10));
    std::set<int> buried;
    for (int round = 0; round < 5'000 && buried.size() < rig.machine.lanes(); ++round) {
        rig.now += 1s;
        if (round > 100)  // What goes on happening is how the sink is known to be well.
            rig.submit(1'000 + round, static_cast<std::uint64_t>(100 + round));
        for (std::size_t lane = 0; lane < rig.machine.lanes(); ++lane) {
            auto const step = rig.machine.next(lane, rig.now);
            auto const* post = std::get_if<Post>(&step);
            if (post == nullptr)
                continue;
            int key = 0;
            std::from_chars(
                post->request.data() + 1, post->request.data() + post->request.size(), key);
            if (is<Refused>(rig.answer(lane, is_poison(key) ? 500 : 202)))
                buried.insert(rig.machine.bury(lane).key);
        }
    }
    CHECK(buried == std::set<int>{1, 2, 3, 4});
    while (rig.machine.pending() > 0) {
        rig.now += 10s;
        for (std::size_t lane = 0; lane < rig.machine.lanes(); ++lane)
            if (std::holds_alternative<Post>(rig.machine.next(lane, rig.now)))
                rig.answer(lane, 202);
    }
    std::map<int, int> last;
    for (int const key : rig.delivered)
        if (key <= events) {
            CHECK(last[key % 10] < key);
            last[key % 10] = key;
        }
    CHECK(std::ranges::count_if(rig.delivered, [](int key) { return key <= events; }) == 36);
}

TEST_CASE(
    "Delivery machine: whichever attempt fails in whichever way, all is delivered, in order") {
    enum class Fault { silence, busy, refusal, broken_batch };
    constexpr int events = 12;
    for (Fault const fault : {Fault::silence, Fault::busy, Fault::refusal, Fault::broken_batch})
        for (int failing = 0; failing < 20; ++failing) {
            INFO("fault " << static_cast<int>(fault) << " at attempt " << failing);
            Rig rig;
            if (failing % 2 == 0)
                rig.announce();
            for (int key = 1; key <= events; ++key)
                rig.submit(key, static_cast<std::uint64_t>(key % 3));
            int attempt = 0;
            while (rig.machine.pending() > 0 && attempt < 100)
                for (std::size_t lane = 0; lane < rig.machine.lanes(); ++lane) {
                    auto const step = rig.machine.next(lane, rig.now);
                    if (auto const* pause = std::get_if<Pause>(&step))
                        rig.now = pause->until;
                    if (!std::holds_alternative<Post>(step))
                        continue;
                    bool const fails = attempt++ == failing;
                    if (!fails)
                        rig.answer(lane, 202, batches);
                    else if (fault == Fault::silence)
                        rig.machine.unanswered(lane, "reset", rig.moment());
                    else
                        rig.answer(
                            lane, fault == Fault::busy      ? 503
                                  : fault == Fault::refusal ? 400
                                                            : 415);
                }
            REQUIRE(rig.delivered.size() == events);
            std::map<int, int> last;
            for (int const key : rig.delivered) {
                CHECK(last[key % 3] < key);
                last[key % 3] = key;
            }
        }
}
