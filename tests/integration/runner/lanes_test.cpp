// SPDX-License-Identifier: Apache-2.0
// A function of which one worker handles several events at once, with a worker of the tests' own.
#include <algorithm>
#include <boost/asio/detached.hpp>
#include <fstream>
#include <set>

#include "common/event/http_binding.hpp"
#include "runner/function/function.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::runner;
using test::run_task;

namespace {

/// Does what an event's data says: waits for two others, hangs, or ends the process.
constexpr char const* worker = R"py(
import json, os, threading

writing = threading.Lock()
meeting = threading.Barrier(3)

def say(**frame):
    with writing:
        os.write(4, (json.dumps(frame) + "\n").encode())

def handle(request):
    event = request["event"]
    say(log=request["id"], stream="stdout", text=f"process {os.getpid()} event {event['id']}")
    if event["data"] == "meets":
        meeting.wait()
    if event["data"] == "hangs":
        threading.Event().wait()
    if event["data"] == "ends":
        os._exit(3)
    say(id=request["id"], status="ok")

say(ready=True, lanes=3)
for line in os.fdopen(3):
    threading.Thread(target=handle, args=(json.loads(line),), daemon=True).start()
)py";

struct Bench {
    explicit Bench(std::size_t workers = 1, milliseconds limit = 10s)
        : changed(io.get_executor()),
          function(io.get_executor(), options(folder.path()), telemetry, changed) {
        become_subreaper();
        content.definition.name = {"default", "f"};
        content.definition.revision = "f-00001";
        content.definition.runtime = "python";
        content.definition.timeout = limit;
        content.definition.instances_max = workers;
        content.definition.concurrency = 3;
        content.code_folder = folder.path();
        std::filesystem::create_directory(folder.path() / "python");
        std::ofstream(folder.path() / "python" / "worker.py") << worker;
        run_task(io, function.deploy(content));
        REQUIRE(function.ready());
    }
    ~Bench() { run_task(io, function.close(0ns)); }

    static FunctionOptions options(std::filesystem::path const& folder) {
        FunctionOptions options;
        options.name = {"default", "f"};
        options.folder = folder;
        options.runtimes = folder;
        options.idle_limit = 300ms;
        return options;
    }
    /// Posts an event with that id; its answer is kept when it comes.
    void begin(std::string const& id, std::string const& data) {
        CloudEvent event;
        event.id = id;
        event.source = "/test";
        event.type = "test";
        event.data = "\"" + data + "\"";
        event.has_data = true;
        HttpRequest request;
        request.method = "POST";
        request.headers = binary_headers(event);
        request.body = event.data;
        asio::co_spawn(
            io,
            [](Bench& at, std::string of, HttpRequest what) -> Task<void> {
                auto answer = co_await at.function.handle(what);
                at.answers.emplace(std::move(of), std::move(answer));
            }(*this, id, std::move(request)),
            asio::detached);
    }
    template <class Condition>
    bool comes_true(Condition condition) {
        bool came = false;
        run_task(io, [](Condition& is_so, bool& into) -> Task<void> {
            into = co_await test::comes_true(is_so, 30s);
        }(condition, came));
        return came;
    }
    bool all_answered(std::size_t count) {
        return comes_true([&] { return answers.size() == count; });
    }
    bool comes_to_log(std::string const& text) {
        return comes_true([&] { return function.log().page(100).find(text) != std::string::npos; });
    }
    /// What the log has of the event.
    std::string log_of(std::string const& event_id) {
        std::string text;
        Json const page = parse_json(function.log().page(100)).value();
        for (Json const& line : *find_json(page, "items"))
            if (string_at(line, "eventId") == event_id)
                text += string_at(line, "text") + "\n";
        return text;
    }
    /// The processes that have handled these events.
    std::set<std::string> processes(std::string const& ids) {
        std::set<std::string> all;
        for (char const id : ids) {
            std::string const log = log_of(std::string(1, id));
            all.insert(log.substr(0, log.find(" event")));
        }
        return all;
    }

    asio::io_context io;
    test::TemporaryFolder folder;
    Telemetry telemetry;
    AsyncSignal changed;
    Function function;
    RevisionContent content;
    std::map<std::string, HttpAnswer> answers;
};

}  // namespace

TEST_CASE("Lanes: events that wait for each other finish in one process, each with its own log") {
    Bench bench(2);
    for (auto const* id : {"a", "b", "c"})
        bench.begin(id, "meets");
    REQUIRE(bench.all_answered(3));
    for (auto const& [id, answer] : bench.answers) {
        CHECK(answer.status == 202);
        CHECK(bench.log_of(id).ends_with(" event " + id + "\n"));
    }
    CHECK(bench.processes("abc").size() == 1);
    CHECK(bench.comes_to_log("Idle: stopped until the next event."));
}

TEST_CASE("Lanes: a second process is started when the first is full, and gets as many") {
    Bench bench(2);
    for (auto const* id : {"a", "b", "c", "d", "e", "f"})
        bench.begin(id, "meets");
    REQUIRE(bench.all_answered(6));
    for (auto const& [id, answer] : bench.answers)
        CHECK(answer.status == 202);
    CHECK(bench.processes("abc").size() == 1);
    CHECK(bench.processes("def").size() == 1);
    CHECK(bench.processes("abcdef").size() == 2);
}

TEST_CASE("Lanes: one that hangs costs the process; the others come again, uncounted") {
    Bench bench(1, 2s);
    bench.begin("a", "hangs");
    REQUIRE(bench.comes_to_log(" event a"));
    // Later by so much that its limit is not over when that of the first is.
    run_task(bench.io, [](Bench&) -> Task<void> { CHECK(co_await sleep_for(500ms)); }(bench));
    bench.begin("b", "hangs");
    bench.begin("c", "works");
    REQUIRE(bench.all_answered(3));
    CHECK(bench.answers["a"].status == 504);
    CHECK(bench.answers["c"].status == 202);
    HttpAnswer const& beside = bench.answers["b"];
    CHECK(beside.status == 503);
    CHECK(beside.headers.get("Retry-After") == "1");
    // What the broker takes for no attempt.
    CHECK(beside.body.find("urn:millrace:problem:busy") != std::string::npos);
    CHECK(bench.log_of("b").find("To be delivered again: Event a") != std::string::npos);
    CHECK(bench.comes_to_log("The handler took longer than 1.8 s and was killed."));
    CHECK(bench.log_of("a").find("was killed") != std::string::npos);
    Json const status = bench.function.describe();
    CHECK(integer_at(status, "calls") == 3);
    CHECK(integer_at(status, "failures") == 1);
    bench.answers.clear();
    bench.begin("d", "works");
    REQUIRE(bench.all_answered(1));
    CHECK(bench.answers["d"].status == 202);
    CHECK(bench.processes("ad").size() == 2);
}

TEST_CASE("Lanes: a process that ends fails all that it has") {
    Bench bench;
    bench.begin("a", "hangs");
    bench.begin("b", "hangs");
    REQUIRE(bench.comes_to_log(" event b"));
    bench.begin("c", "ends");
    REQUIRE(bench.all_answered(3));
    for (auto const& [id, answer] : bench.answers) {
        CHECK(answer.status == 500);
        CHECK(bench.log_of(id).find("Failed: The worker has ended.") != std::string::npos);
    }
    CHECK(bench.comes_to_log(
        "The worker failed in the middle of 3 events: The worker has ended. (ended with status "
        "3)"));
}

TEST_CASE("Lanes: a function closes while several events are handled: each is answered") {
    Bench bench;
    bench.begin("a", "hangs");
    bench.begin("b", "hangs");
    bench.begin("c", "works");
    REQUIRE(bench.comes_to_log(" event b"));
    run_task(bench.io, bench.function.close(100ms));
    REQUIRE(bench.answers.size() == 3);
    for (auto const* id : {"a", "b"}) {
        CHECK(bench.answers[id].status == 500);
        CHECK(bench.answers[id].body.find("The function was stopped.") != std::string::npos);
    }
    CHECK(bench.answers["c"].status == 202);
    CHECK(bench.comes_to_log("Stopped in the middle of an event."));
}
