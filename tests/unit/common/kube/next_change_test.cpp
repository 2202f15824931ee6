// SPDX-License-Identifier: Apache-2.0
#include "common/kube/next_change.hpp"

#include <deque>

#include "common/net/task_group.hpp"
#include "tests/support/logged.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using test::run_task;

namespace {

/// A watch that tells what it was given, then waits.
class ToldWatch final : public Watch {
public:
    explicit ToldWatch(std::deque<Result<WatchEvent>> events) : events_(std::move(events)) {}

    Task<Result<WatchEvent>> next() override {
        ++asked;
        if (events_.empty()) {
            auto const slept = co_await sleep_for(std::chrono::hours(1));
            co_return std::unexpected(slept.error());
        }
        Result<WatchEvent> event = std::move(events_.front());
        events_.pop_front();
        co_return event;
    }

    int asked = 0;

private:
    std::deque<Result<WatchEvent>> events_;
};

WatchEvent deleted(std::string name) {
    return {.type = WatchEvent::Type::deleted, .name = {"default", std::move(name)}};
}

Task<void> take_one(Watch& watch, std::vector<std::string>& told) {
    auto const event = co_await next_change(watch);
    told.push_back(event ? event->name.name : "nothing");
}

}  // namespace

TEST_CASE("Next change: what the watch tells, one after the other") {
    asio::io_context io;
    ToldWatch watch({deleted("a"), deleted("b")});
    std::vector<std::string> told;
    run_task(io, take_one(watch, told));
    run_task(io, take_one(watch, told));
    CHECK(told == std::vector<std::string>{"a", "b"});
}

TEST_CASE("Next change: a trouble of the watch is no change; it is asked again after a pause") {
    asio::io_context io;
    ToldWatch watch({failure(ErrorCode::storage, "Input/output error."), deleted("a")});
    std::vector<std::string> told;
    SteadyTime const begin = steady_now();
    run_task(io, take_one(watch, told));
    CHECK(told == std::vector<std::string>{"a"});
    CHECK(watch.asked == 2);
    CHECK(steady_now() - begin >= 2s);
}

TEST_CASE("Next change: a trouble that stays is logged once, another one once more") {
    asio::io_context io;
    ToldWatch watch(
        {failure(ErrorCode::not_found, "No such kind."),
         failure(ErrorCode::not_found, "No such kind."),
         failure(ErrorCode::unavailable, "No answer."), deleted("a")});
    std::vector<std::string> told;
    std::string const log = test::logged(
        log::Level::info, log::Format::text, [&] { run_task(io, take_one(watch, told)); });
    INFO(log);
    CHECK(watch.asked == 4);
    CHECK(std::ranges::count(log, '\n') == 2);
    CHECK(log.find("No such kind.") < log.find("No answer."));
}

TEST_CASE("Next change: nothing when the task is to end, while it waits and while it pauses") {
    for (std::deque<Result<WatchEvent>> const& events :
         {std::deque<Result<WatchEvent>>(),
          std::deque<Result<WatchEvent>>{failure(ErrorCode::storage, "Input/output error.")}}) {
        asio::io_context io;
        ToldWatch watch(events);
        TaskGroup tasks(io.get_executor());
        std::vector<std::string> told;
        tasks.spawn("watch", take_one(watch, told));
        io.poll();
        run_task(io, tasks.stop());
        CHECK(told == std::vector<std::string>{"nothing"});
        CHECK(watch.asked == 1);
    }
}
