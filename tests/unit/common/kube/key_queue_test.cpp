// SPDX-License-Identifier: Apache-2.0
#include "common/kube/key_queue.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

ResourceName const echo{"default", "echo"};
ResourceName const tag{"default", "tag"};
SteadyTime const start = SteadyTime(1h);

KeyQueue queue_of_one() {
    KeyQueue queue({.first = 500ms, .longest = 3s});
    queue.add(echo, start);
    return queue;
}

}  // namespace

TEST_CASE("Key queue: an empty one has nothing due, ever") {
    KeyQueue queue({});
    CHECK(queue.empty());
    CHECK_FALSE(queue.take(start));
    CHECK(queue.next_due() == SteadyTime::max());
}

TEST_CASE("Key queue: a name added many times is looked at once") {
    KeyQueue queue = queue_of_one();
    queue.add(echo, start + 1ms);
    CHECK(queue.take(start + 1ms) == echo);
    CHECK_FALSE(queue.take(start + 1ms));
}

TEST_CASE("Key queue: who waited longest is first") {
    KeyQueue queue({});
    queue.add(tag, start);
    queue.add(echo, start + 1ms);
    CHECK(queue.take(start + 5ms) == tag);
    CHECK(queue.take(start + 5ms) == echo);
}

TEST_CASE("Key queue: a name is never worked on twice at a time, and again when it was added") {
    KeyQueue queue = queue_of_one();
    REQUIRE(queue.take(start) == echo);
    queue.add(echo, start + 1ms);
    CHECK_FALSE(queue.take(start + 1ms));
    queue.settled(echo, std::nullopt);
    CHECK(queue.take(start + 2ms) == echo);
}

TEST_CASE("Key queue: a settled name is forgotten") {
    KeyQueue queue = queue_of_one();
    REQUIRE(queue.take(start) == echo);
    queue.settled(echo, std::nullopt);
    CHECK(queue.empty());
}

TEST_CASE("Key queue: a settled name that asks for it is looked at again then, not before") {
    KeyQueue queue = queue_of_one();
    REQUIRE(queue.take(start) == echo);
    queue.settled(echo, start + 2s);
    CHECK(queue.next_due() == start + 2s);
    CHECK_FALSE(queue.take(start + 1999ms));
    CHECK(queue.take(start + 2s) == echo);
}

TEST_CASE("Key queue: pauses after failures double up to the longest, and begin anew") {
    KeyQueue queue = queue_of_one();
    SteadyTime now = start;
    for (milliseconds const pause : {500ms, 1000ms, 2000ms, 3000ms, 3000ms}) {
        REQUIRE(queue.take(now) == echo);
        queue.failed(echo, "no answer", now);
        CHECK(queue.next_due() == now + pause);
        now += pause;
    }
    REQUIRE(queue.take(now) == echo);
    queue.settled(echo, std::nullopt);
    queue.add(echo, now);
    REQUIRE(queue.take(now) == echo);
    queue.failed(echo, "no answer", now);
    CHECK(queue.next_due() == now + 500ms);
}

TEST_CASE("Key queue: a change ends a pause") {
    KeyQueue queue = queue_of_one();
    REQUIRE(queue.take(start) == echo);
    queue.failed(echo, "no answer", start);
    queue.add(echo, start + 1ms);
    CHECK(queue.take(start + 1ms) == echo);
    CHECK_FALSE(queue.take(start + 1h));
}

TEST_CASE("Key queue: what changed while it failed is looked at without a pause") {
    KeyQueue queue = queue_of_one();
    REQUIRE(queue.take(start) == echo);
    queue.add(echo, start + 1ms);
    queue.failed(echo, "no answer", start + 2ms);
    CHECK(queue.take(start + 2ms) == echo);
}

TEST_CASE("Key queue: a reason is news once, another one and one after a success again") {
    KeyQueue queue = queue_of_one();
    auto const fail = [&](std::string const& reason) {
        queue.add(echo, start);
        REQUIRE(queue.take(start) == echo);
        return queue.failed(echo, reason, start);
    };
    CHECK(fail("no answer"));
    CHECK_FALSE(fail("no answer"));
    CHECK(fail("no such Secret"));
    queue.add(echo, start);
    REQUIRE(queue.take(start) == echo);
    queue.settled(echo, std::nullopt);
    CHECK(fail("no such Secret"));
}
