// SPDX-License-Identifier: Apache-2.0
#include "common/kube/events/event_queue.hpp"

#include "common/kube/events/event_recorder.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

ObjectNews news(std::string const& trigger, std::string message = "It is.") {
    return {
        .kind = KindWords::of(kinds::trigger),
        .name = {"default", trigger},
        .uid = "uid of " + trigger,
        .type = ObjectNews::Type::warning,
        .reason = "Broken",
        .message = std::move(message)};
}

SystemTime at(seconds since_start) {
    return SystemTime(1'700'000'000s + since_start);
}

}  // namespace

TEST_CASE("Event queue: news are told in order, and once until there are others") {
    EventQueue queue;
    CHECK_FALSE(queue.take());
    queue.add(news("a"), at(0s));
    queue.add(news("b"), at(0s));
    CHECK(queue.take()->news == news("a"));
    CHECK(queue.take()->news == news("b"));
    CHECK_FALSE(queue.take());
}

TEST_CASE("Event queue: what comes again is one, with a count and when it came first") {
    EventQueue queue;
    queue.add(news("a"), at(0s));
    queue.add(news("a"), at(1s));
    CHECK(queue.take()->count == 2);
    CHECK_FALSE(queue.take());
    queue.add(news("a"), at(2s));
    auto const again = queue.take();
    REQUIRE(again);
    CHECK(again->count == 3);
    CHECK(again->first == at(0s));
}

TEST_CASE("Event queue: of one object only what came last waits") {
    EventQueue queue;
    queue.add(news("a", "First."), at(0s));
    queue.add(news("a", "Second."), at(0s));
    CHECK(queue.take()->news.message == "Second.");
    CHECK_FALSE(queue.take());
    CHECK(queue.dropped() == 1);
}

TEST_CASE("Event queue: it holds no more than it may, and drops the oldest") {
    EventQueue queue;
    for (std::size_t i = 0; i < 10 * EventQueue::told_max; ++i)
        queue.add(news(std::to_string(i)), at(0s));
    std::size_t waiting = 0;
    std::string last;
    while (auto const next = queue.take()) {
        ++waiting;
        last = next->news.name.name;
    }
    CHECK(waiting == EventQueue::waiting_max);
    CHECK(last == std::to_string(10 * EventQueue::told_max - 1));
    CHECK(queue.dropped() == 10 * EventQueue::told_max - EventQueue::waiting_max);
}

TEST_CASE("Event queue: what waits is counted, however much else was told since it was first") {
    EventQueue queue;
    queue.add(news("a"), at(0s));
    for (std::size_t i = 0; i < EventQueue::told_max - 1; ++i) {
        queue.add(news(std::to_string(i)), at(0s));
        queue.take();
    }
    queue.take();
    queue.add(news("a"), at(1s));
    queue.add(news("one more"), at(1s));
    CHECK(queue.take()->count == 2);
}

TEST_CASE("Event queue: a long message is cut between characters") {
    EventQueue queue;
    queue.add(news("a", std::string(1023, 'x') + "\u00e9"), at(0s));
    CHECK(queue.take()->news.message == std::string(1023, 'x'));
}

TEST_CASE("Event object: the same news has the same name, however often; others have others") {
    auto const object = [](ObjectNews one, std::int64_t count) {
        return event_object(
            {.news = std::move(one), .count = count, .first = at(0s)}, "millrace-broker", at(9s));
    };
    Resource const first = object(news("a"), 1);
    Resource const second = object(news("a"), 2);
    CHECK(first.name() == second.name());
    CHECK(first.name() != object(news("a", "Other."), 1).name());
    CHECK(check_names(first.name()));
    CHECK(integer_at(second.object, "count") == 2);
    CHECK(string_at(second.object, "firstTimestamp") == "2023-11-14T22:13:20Z");
    CHECK(string_at(second.object, "lastTimestamp") == "2023-11-14T22:13:29Z");
    CHECK(string_at(second.object, "involvedObject/uid") == "uid of a");
    CHECK(string_at(second.object, "type") == "Warning");
}
