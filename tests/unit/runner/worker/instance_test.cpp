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
    explicit Bench(std::string const& script)
        : log(io.get_executor(), folder.path() / "log.jsonl"),
          instance(io.get_executor(), options(script), log) {
        event.id = "7";
        event.source = "/s";
        event.type = "t";
    }
    static InstanceOptions options(std::string const& script) {
        InstanceOptions options;
        options.command.arguments = {"/bin/bash", "-c", script};
        options.command.environment["PATH"] = Secret("/usr/bin:/bin");
        options.command.folder = "/";
        options.function = "/functions/default/f";
        options.revision = "f-00001";
        options.start_limit = 2s;
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
        co_await at.instance.wait_for_end();
        co_await at.instance.stop("Stopped.", 0ns);
        at.instance.kill();
    }(bench));
    CHECK(bench.logged(R"("text":"Stopped.")"));
}
