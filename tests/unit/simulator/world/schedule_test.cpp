// SPDX-License-Identifier: Apache-2.0
#include "simulator/world/schedule.hpp"

#include <string>

#include "tests/support/catch.hpp"

namespace millrace::simulator {
namespace {

SystemTime const start = SystemTime(1'000s);

struct Diary {
    Schedule schedule;
    std::string done;

    void plan(SystemTime due, char name) {
        schedule.at(due, [this, name](SystemTime) { done += name; });
    }
};

TEST_CASE("Schedule: steps run by time, those of one time in the order they came", "[simulator]") {
    Diary diary;
    diary.plan(start + 2s, 'c');
    diary.plan(start + 1s, 'a');
    diary.plan(start + 1s, 'b');
    diary.schedule.run_until(start + 1s);
    CHECK(diary.done == "ab");
    CHECK(diary.schedule.next() == start + 2s);
    diary.schedule.run_until(start + 1h);
    CHECK(diary.done == "abc");
    CHECK_FALSE(diary.schedule.next());
}

TEST_CASE("Schedule: nothing runs before its time", "[simulator]") {
    Diary diary;
    diary.plan(start, 'a');
    diary.schedule.run_until(start - 1ns);
    CHECK(diary.done.empty());
}

TEST_CASE(
    "Schedule: a step that is added by a step runs in the same go if it is due", "[simulator]") {
    Diary diary;
    diary.schedule.at(start, [&diary](SystemTime now) {
        diary.plan(now, 'b');
        diary.plan(now + 1ns, 'c');
    });
    diary.schedule.run_until(start);
    CHECK(diary.done == "b");
}

TEST_CASE("Schedule: a step is told the time it is, not the time it was due", "[simulator]") {
    Schedule schedule;
    SystemTime told;
    schedule.at(start, [&told](SystemTime now) { told = now; });
    schedule.run_until(start + 7s);
    CHECK(told == start + 7s);
}

}  // namespace
}  // namespace millrace::simulator
