// SPDX-License-Identifier: Apache-2.0
#include "runner/worker/instance.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::runner;

namespace {

/// A worker that is a line of bash, on the protocol's descriptors.
struct Bench {
    explicit Bench(std::string const& script, std::size_t lanes = 1)
        : log(io.get_executor(), folder.path() / "log.jsonl"),
          instance(io.get_executor(), options(script, lanes), log),
          event(event_of("7")) {}
    static CloudEvent event_of(std::string const& id) {
        CloudEvent event;
        event.id = id;
        event.source = "/s";
        event.type = "t";
        return event;
    }
    static InstanceOptions options(std::string const& script, std::size_t lanes) {
        InstanceOptions options;
        options.command.arguments = {"/bin/bash", "-c", script};
        options.command.environment["PATH"] = Secret("/usr/bin:/bin");
        options.command.folder = "/";
        options.function = "/functions/default/f";
        options.revision = "f-00001";
        options.start_limit = 2s;
        options.lanes = lanes;
        return options;
    }
    Result<void> start() {
        Result<void> started;
        test::run_task(io, [](Instance& on, Result<void>& into) -> Task<void> {
            into = co_await on.start();
        }(instance, started));
        return started;
    }
    Result<WorkerFrame> call(nanoseconds limit = 2s) {
        Result<WorkerFrame> frame;
        test::run_task(
            io, [](Bench& at, nanoseconds most, Result<WorkerFrame>& into) -> Task<void> {
                into = co_await at.instance.call(at.event, most);
            }(*this, limit, frame));
        return frame;
    }
    using Frames = std::array<Result<WorkerFrame>, 3>;
    /// Events "a", "b" and "c" at once.
    Frames call_three(std::array<nanoseconds, 3> limits = {2s, 2s, 2s}) {
        Frames frames;
        test::run_task(
            io, [](Bench& at, std::array<nanoseconds, 3> most, Frames& into) -> Task<void> {
                using namespace asio::experimental::awaitable_operators;
                auto const [a, b, c] = std::array{event_of("a"), event_of("b"), event_of("c")};
                std::tie(into[0], into[1], into[2]) = co_await (
                    at.instance.call(a, most[0]) && at.instance.call(b, most[1]) &&
                    at.instance.call(c, most[2]));
            }(*this, limits, frames));
        return frames;
    }
    bool logged_of(std::string const& event_id, std::string const& text) const {
        return logged(
            "\"text\":\"" + text + R"(","revision":"f-00001","eventId":")" + event_id + "\"");
    }
    void stop(nanoseconds patience = 0ns) {
        test::run_task(io, instance.stop("Stopped.", patience));
    }
    bool logged(std::string const& text) const {
        return log.page(100).find(text) != std::string::npos;
    }

    asio::io_context io;
    test::TemporaryFolder folder;
    FunctionLog log;
    Instance instance;
    CloudEvent event;
};

std::string const ready = "echo '{\"ready\":true}' >&4; ";
/// Takes three requests before anything is answered.
std::string const three_lanes =
    "say() { echo \"{$1}\" | tr \"'\" '\"' >&4; }; say \"'ready':true,'stops':true,'lanes':3\"; "
    "for i in 1 2 3; do read -r line <&3; done; ";

}  // namespace

TEST_CASE("Instance: a worker says that it is ready, answers, and ends with its input") {
    Bench bench(
        ready +
        "n=0; while read -r line <&3; do n=$((n+1)); echo \"printed $n\"; "
        "echo \"{\\\"id\\\":$n,\\\"status\\\":\\\"ok\\\"}\" >&4; done; echo over");
    REQUIRE(bench.start());
    CHECK(bench.call()->kind == WorkerFrame::Kind::ok);
    // What a call printed is its own, however quick the answer was.
    CHECK(bench.logged(R"("text":"printed 1","revision":"f-00001","eventId":"7")"));
    CHECK(bench.call()->id == 2);
    bench.stop(2s);
    CHECK(bench.logged(R"("text":"over")"));
    CHECK(bench.logged(R"("text":"Stopped.")"));
    bench.stop();
}

TEST_CASE("Instance: whatever goes wrong at the start is told by kind, with its reason") {
    Bench refused("echo '{\"ready\":false,\"error\":\"no handler\"}' >&4");
    CHECK(refused.start().error().code == ErrorCode::invalid);
    refused.stop();
    Bench ended("exit 3");
    CHECK(ended.start().error().code == ErrorCode::closed);
    ended.stop();
    CHECK(ended.logged("Stopped. (ended with status 3)"));
    Bench silent("read -r line <&3");
    CHECK(silent.start().error().code == ErrorCode::timed_out);
    silent.stop();
    Bench nonsense("echo hello >&4");
    CHECK(nonsense.start().error().code == ErrorCode::invalid);
    nonsense.stop();
    Bench missing("");
    missing.stop();
}

TEST_CASE("Instance: whatever goes wrong in a call is told by kind, and the worker can be ended") {
    std::vector<std::pair<std::string, ErrorCode>> const cases = {
        {"exit 4", ErrorCode::closed},
        {"echo nonsense >&4; sleep 100", ErrorCode::invalid},
        {"echo '{\"id\":9,\"status\":\"ok\"}' >&4; sleep 100", ErrorCode::invalid},
        {"head -c 9000000 /dev/zero | tr '\\0' x >&4; sleep 100", ErrorCode::too_large},
        {"sleep 100", ErrorCode::timed_out}};
    for (auto const& [script, code] : cases) {
        INFO(script);
        Bench bench(ready + "read -r line <&3; " + script);
        REQUIRE(bench.start());
        auto const frame = bench.call(code == ErrorCode::timed_out ? 100ms : 5s);
        REQUIRE_FALSE(frame);
        CHECK(frame.error().code == code);
        bench.stop();
    }
}

// review 4.2
TEST_CASE("Instance: a kill from elsewhere ends a call, and the one that calls ends the worker") {
    Bench bench(ready + "read -r line <&3; sleep 100");
    REQUIRE(bench.start());
    test::run_task(bench.io, [](Bench& at) -> Task<void> {
        using namespace asio::experimental::awaitable_operators;
        auto kill_soon = [](Bench& on) -> Task<void> {
            co_await asio::post(on.io, asio::use_awaitable);
            on.instance.kill();
            on.instance.kill();
        };
        auto const frame = co_await (at.instance.call(at.event, 60s) && kill_soon(at));
        CHECK(frame.error().code == ErrorCode::closed);
        co_await at.instance.wait_for_failure();
        co_await at.instance.stop("Stopped.", 0ns);
        at.instance.kill();
    }(bench));
    CHECK(bench.logged(R"("text":"Stopped.")"));
}

TEST_CASE("Instance: each of several calls gets its answer and its lines, in whatever order") {
    Bench bench(
        three_lanes +
            "say \"'log':2,'stream':'stdout','text':'of two'\"; "
            "say \"'log':3,'stream':'stderr','text':'of three'\"; "
            "say \"'id':3,'status':'ok'\"; say \"'id':1,'status':'error','error':'bad'\"; "
            "say \"'log':9,'stream':'stdout','text':'of none'\"; "
            "say \"'log':2,'stream':'stdout','text':'of two again'\"; "
            "say \"'id':2,'status':'stopped','error':'at its limit'\"; read -r line <&3",
        3);
    REQUIRE(bench.start());
    auto const frames = bench.call_three();
    CHECK(frames[0].value().error == "bad");
    CHECK(frames[1].value().kind == WorkerFrame::Kind::stopped);
    CHECK(frames[1].value().error == "The handler took too long, over 2 s.");
    CHECK(frames[2].value().kind == WorkerFrame::Kind::ok);
    CHECK(bench.logged_of("b", "of two"));
    CHECK(bench.logged_of("b", "of two again"));
    CHECK(bench.logged_of("c", "of three"));
    CHECK(bench.logged_of("", "of none"));
    CHECK(bench.logged_of("a", "Failed: bad"));
    CHECK(bench.instance.calls() == 0);
    bench.stop(2s);
    CHECK(bench.logged_of("", "Stopped."));
}

TEST_CASE("Instance: what is printed past the protocol belongs to a call only if it is alone") {
    Bench bench(
        "say() { echo \"{$1}\" | tr \"'\" '\"' >&4; }; say \"'ready':true,'lanes':3\"; "
        "for i in 1 2 3; do read -r line <&3; done; echo of whom; say \"'id':1,'status':'ok'\"; "
        "say \"'id':2,'status':'ok'\"; say \"'id':3,'status':'ok'\"; "
        "read -r line <&3; echo of one; say \"'id':4,'status':'ok'\"; read -r line <&3",
        3);
    REQUIRE(bench.start());
    for (auto const& frame : bench.call_three())
        CHECK(frame);
    CHECK(bench.logged_of("", "of whom"));
    CHECK(bench.call());
    CHECK(bench.logged_of("7", "of one"));
    bench.stop();
}

TEST_CASE("Instance: a worker that ends takes all its calls with it, and each log says so") {
    std::vector<std::pair<std::string, ErrorCode>> const cases = {
        {"exit 4", ErrorCode::closed},
        {"say \"'id':9,'status':'ok'\"; sleep 100", ErrorCode::invalid},
        {"echo nonsense >&4; sleep 100", ErrorCode::invalid}};
    for (auto const& [end, code] : cases) {
        INFO(end);
        Bench bench(
            three_lanes +
                "say \"'id':2,'status':'ok'\"; "
                "say \"'log':3,'stream':'stdout','text':'last words'\"; " +
                end,
            3);
        REQUIRE(bench.start());
        auto const frames = bench.call_three({5s, 5s, 5s});
        REQUIRE_FALSE(frames[0]);
        REQUIRE_FALSE(frames[2]);
        CHECK(frames[0].error().code == code);
        CHECK(frames[2].error().code == code);
        CHECK(frames[1].value().kind == WorkerFrame::Kind::ok);
        CHECK(bench.logged_of("c", "last words"));
        REQUIRE(bench.instance.problem());
        // It is given nothing more, and that was no fault of what comes too late.
        CHECK(bench.call().error().code == ErrorCode::canceled);
        std::string const reason = frames[0].error().detail;
        bench.stop();
        CHECK(bench.logged_of("a", "Failed: " + reason));
        CHECK(bench.logged_of("c", "Failed: " + reason));
    }
}

TEST_CASE("Instance: one that hangs costs the worker; the others are not to blame, and are told") {
    // What is answered before the worker is killed counts.
    Bench bench(three_lanes + "say \"'id':3,'status':'ok'\"; sleep 100", 3);
    REQUIRE(bench.start());
    auto const frames = bench.call_three({60s, 100ms, 60s});
    REQUIRE_FALSE(frames[0]);
    REQUIRE_FALSE(frames[1]);
    CHECK(frames[0].error().code == ErrorCode::canceled);
    CHECK(frames[1].error().code == ErrorCode::timed_out);
    CHECK(frames[1].error().detail == "The handler took too long, over 0.1 s.");
    CHECK(frames[2]);
    CHECK(bench.instance.problem()->detail == "The handler took longer than 0.1 s and was killed.");
    CHECK(bench.logged_of(
        "a",
        "To be delivered again: Event b in the same worker could not be stopped at its limit, and "
        "the worker was killed."));
    bench.stop();
    CHECK(bench.logged_of("b", "Stopped."));
}

TEST_CASE("Instance: a worker that has stopped to listen was not given the event") {
    Bench bench("exec 3<&-; " + ready + "sleep 100");
    REQUIRE(bench.start());
    CHECK(bench.call().error().code == ErrorCode::canceled);
    CHECK(bench.instance.problem()->code == ErrorCode::closed);
    bench.stop();
}

TEST_CASE("Instance: of several that hang none is taken for a victim of the others") {
    Bench bench(three_lanes + "sleep 100", 3);
    REQUIRE(bench.start());
    auto const frames = bench.call_three({100ms, 110ms, 60s});
    CHECK(frames[0].error().code == ErrorCode::timed_out);
    CHECK(frames[1].error().code == ErrorCode::timed_out);
    CHECK(frames[2].error().code == ErrorCode::canceled);
    bench.stop();
}

TEST_CASE("Instance: requests that do not fit the pipe are written one after the other") {
    Bench bench(
        "say() { echo \"{$1}\" | tr \"'\" '\"' >&4; }; say \"'ready':true,'lanes':3\"; "
        "for i in 1 2 3; do read -r line <&3; "
        "seen=$(echo \"${line:0:7}${line: -2}\" | tr -d '\"'); "
        "say \"'log':$i,'stream':'stdout','text':'$seen ${#line}'\"; "
        "say \"'id':$i,'status':'ok'\"; done; read -r line <&3",
        3);
    REQUIRE(bench.start());
    test::run_task(bench.io, [](Bench& at) -> Task<void> {
        using namespace asio::experimental::awaitable_operators;
        CloudEvent event = Bench::event_of("a");
        event.data = std::string(300'000, 'x');
        event.datacontenttype = "text/plain";
        event.has_data = true;
        auto const [one, two, three] = co_await (
            at.instance.call(event, 5s) && at.instance.call(event, 5s) &&
            at.instance.call(event, 5s));
        CHECK((one && two && three));
    }(bench));
    std::string const page = bench.log.page(10);
    INFO(page);
    for (auto const* text : {"{id:1}} 300", "{id:2}} 300", "{id:3}} 300"})
        CHECK(page.find(text) != std::string::npos);
    bench.stop();
}

TEST_CASE("Instance: a worker with fewer lanes than it is to have is of no use") {
    Bench bench(ready + "read -r line <&3", 2);
    auto const started = bench.start();
    REQUIRE_FALSE(started);
    CHECK(
        started.error().detail == "It handles fewer events at once than it is asked to: 1, not 2.");
    bench.stop();
}
