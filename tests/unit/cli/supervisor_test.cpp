// SPDX-License-Identifier: Apache-2.0
#include "cli/supervisor.hpp"

#include <signal.h>

#include <algorithm>

#include "common/base/file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::cli;

namespace {

struct Bench {
    Bench()
        : supervisor(
              io.get_executor(), {folder.path(), folder.path()},
              [this](std::string const& line) { say(line); },
              [this](std::string const& name) { return restarted_again(name); }) {}

    void say(std::string const& line) { lines.push_back(line); }
    Task<void> restarted_again(std::string name) {
        restarted.push_back(name);
        co_return;
    }
    /// A service that is a line of bash; it writes its process id before its address.
    PlannedService plan(std::string const& name, std::string const& then) const {
        PlannedService planned;
        planned.name = name;
        planned.is_millrace = false;
        planned.address_file = folder.path() / (name + ".json");
        std::string const file = planned.address_file.string();
        planned.arguments = {
            "/bin/bash", "-c",
            "echo $$ > " + file + ".pid; echo '{\"url\":\"x\"}' > " + file + ".new; mv " + file +
                ".new " + file + "; " + then};
        return planned;
    }
    pid_t pid_of(std::string const& name) const {
        auto const text = read_file(folder.path() / (name + ".json.pid"), 64);
        return static_cast<pid_t>(std::strtol(text.value_or("0").c_str(), nullptr, 10));
    }
    /// Whether so many restarts are told of within 20 s.
    Task<bool> restarts_told(std::size_t count) const {
        SteadyTime const deadline = steady_now() + 20s;
        while (restarted.size() < count && steady_now() < deadline)
            co_await sleep_for(10ms);
        co_return restarted.size() == count;
    }
    bool said(std::string const& text) const {
        return std::ranges::any_of(
            lines, [&](std::string const& line) { return line.find(text) != std::string::npos; });
    }

    asio::io_context io;
    test::TemporaryFolder folder;
    std::vector<std::string> lines;
    std::vector<std::string> restarted;
    Supervisor supervisor;
};

std::string const for_ever = "exec sleep 1000";

}  // namespace

TEST_CASE("Supervisor: a service is ready once it says where it listens, and is stopped") {
    Bench bench;
    test::run_task(bench.io, [](Bench& at) -> Task<void> {
        CHECK(co_await at.supervisor.start(at.plan("one", for_ever)));
        CHECK(at.said("ready   x"));
        pid_t const pid = at.pid_of("one");
        CHECK(::kill(pid, 0) == 0);
        co_await at.supervisor.stop(10s);
        CHECK(::kill(pid, 0) != 0);
        CHECK_FALSE(at.said("is killed"));
    }(bench));
}

TEST_CASE("Supervisor: a service that ends at once is told with the end of its log") {
    Bench bench;
    test::run_task(bench.io, [](Bench& at) -> Task<void> {
        PlannedService planned = at.plan("one", for_ever);
        planned.arguments = {"/bin/bash", "-c", "echo a reason >&2; exit 2"};
        auto const started = co_await at.supervisor.start(std::move(planned));
        REQUIRE_FALSE(started);
        CHECK(started.error().detail == "one ended with status 2:\na reason");
        PlannedService missing = at.plan("two", for_ever);
        missing.arguments = {"/nothing/here"};
        auto const absent = co_await at.supervisor.start(std::move(missing));
        REQUIRE_FALSE(absent);
        CHECK(absent.error().detail.find("/nothing/here") != std::string::npos);
        co_await at.supervisor.stop(1s);
    }(bench));
}

TEST_CASE("Supervisor: a service that dies is started again, and whoever needs to know is told") {
    Bench bench;
    test::run_task(bench.io, [](Bench& at) -> Task<void> {
        CHECK(co_await at.supervisor.start(at.plan("one", for_ever)));
        ::kill(at.pid_of("one"), SIGKILL);
        CHECK(co_await at.restarts_told(1));
        CHECK(at.restarted == std::vector<std::string>{"one"});
        CHECK(at.said("was killed by signal 9; starting it again in"));
        CHECK(at.said("ready again"));
        co_await at.supervisor.stop(10s);
    }(bench));
}

TEST_CASE("Supervisor: how often each service was restarted, and when last, is noted") {
    Bench bench;
    test::run_task(bench.io, [](Bench& at) -> Task<void> {
        CHECK(co_await at.supervisor.start(at.plan("one", for_ever)));
        CHECK(co_await at.supervisor.start(at.plan("two", for_ever)));
        auto const before = read_restart_record(at.folder.path());
        REQUIRE(before);
        CHECK(before->size() == 2);
        CHECK(before->at("one").count == 0);
        CHECK_FALSE(before->at("one").last);
        SystemTime const begun = system_now();
        for (std::size_t times = 1; times <= 2; ++times) {
            ::kill(at.pid_of("one"), SIGKILL);
            CHECK(co_await at.restarts_told(times));
        }
        auto const after = read_restart_record(at.folder.path());
        REQUIRE(after);
        CHECK(after->at("one").count == 2);
        REQUIRE(after->at("one").last);
        CHECK(*after->at("one").last >= begun);
        CHECK(*after->at("one").last <= system_now());
        CHECK(after->at("two").count == 0);
        co_await at.supervisor.stop(10s);
    }(bench));
}

TEST_CASE("Supervisor: one that does not stop in time is killed, the others are not kept waiting") {
    Bench bench;
    test::run_task(bench.io, [](Bench& at) -> Task<void> {
        CHECK(co_await at.supervisor.start(
            at.plan("deaf", "trap '' TERM; while :; do sleep 1000; done")));
        CHECK(co_await at.supervisor.start(at.plan("one", for_ever)));
        pid_t const deaf = at.pid_of("deaf");
        co_await at.supervisor.stop(300ms);
        CHECK(at.said("deaf did not stop in time and is killed"));
        CHECK_FALSE(at.said("one did not stop"));
        CHECK(::kill(deaf, 0) != 0);
    }(bench));
}
