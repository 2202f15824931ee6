// SPDX-License-Identifier: Apache-2.0
#include "runner/function/function.hpp"

#include <signal.h>

#include <algorithm>
#include <boost/asio/detached.hpp>
#include <fstream>

#include "common/base/file.hpp"
#include "common/event/http_binding.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::runner;
using test::run_task;

namespace {

/// One function with its handler in a folder of its own.
struct Bench {
    explicit Bench(
        std::string const& runtime, std::string const& code, milliseconds limit = 10s,
        Isolation const* isolation = nullptr)
        : changed(io.get_executor()),
          function(io.get_executor(), options(folder.path(), isolation), telemetry, changed),
          slow(request_of(R"({"s":2})", "application/json")) {
        become_subreaper();
        content.definition.name = {"default", "f"};
        content.definition.revision = "f-00001";
        content.definition.runtime = runtime;
        content.definition.timeout = limit;
        content.code_folder = folder.path() / "code";
        std::filesystem::create_directory(content.code_folder);
        write(code);
    }
    ~Bench() { run_task(io, function.close(0ns)); }

    static HttpRequest request_of(std::string const& data, std::string const& type) {
        CloudEvent event;
        event.id = "7";
        event.source = "/test";
        event.type = "test";
        event.datacontenttype = type;
        event.data = data;
        event.has_data = true;
        event.set_attribute("vmname", "web-01");
        HttpRequest request;
        request.method = "POST";
        request.headers = binary_headers(event);
        request.body = event.data;
        return request;
    }
    static FunctionOptions options(
        std::filesystem::path const& folder, Isolation const* isolation) {
        FunctionOptions options;
        options.name = {"default", "f"};
        options.folder = folder;
        options.runtimes = std::filesystem::path(MILLRACE_SOURCE_DIR) / "services/runner/runtimes";
        options.idle_limit = 300ms;
        options.isolation = isolation;
        return options;
    }
    void write(std::string const& code) const {
        std::string const name =
            content.definition.runtime == "python" ? "handler.py" : "handler.sh";
        std::ofstream(content.code_folder / name) << code;
    }
    void deploy() { run_task(io, function.deploy(content)); }
    HttpAnswer call(std::string const& data = "{}") {
        HttpAnswer answer;
        HttpRequest const request = request_of(data, type);
        run_task(io, [](Function& to, HttpRequest const& what, HttpAnswer& into) -> Task<void> {
            into = co_await to.handle(what);
        }(function, request, answer));
        return answer;
    }
    std::string log() { return function.log().page(2'000); }
    bool logged(std::string const& text) { return log().find(text) != std::string::npos; }
    /// What follows a call's answer, such as the end of its worker.
    template <class Condition>
    bool comes_true(Condition condition) {
        bool came = false;
        run_task(io, [](Condition& is_so, bool& into) -> Task<void> {
            into = co_await test::comes_true(is_so, 10s);
        }(condition, came));
        return came;
    }
    bool comes_to_log(std::string const& text) {
        return comes_true([&] { return logged(text); });
    }
    std::string state() { return string_at(function.describe(), "state"); }

    asio::io_context io;
    test::TemporaryFolder folder;
    Telemetry telemetry;
    AsyncSignal changed;
    Function function;
    RevisionContent content;
    HttpRequest slow;  ///< of an event with {"s":2}
    std::string type = "application/json";
};

}  // namespace

TEST_CASE("Python: the handler sees attributes and data, prints to the log, and may reply") {
    Bench bench("python", R"(
def handle(event, context):
    print("got", event.type, event["vmname"], event.data["n"])
    return {"type": "answer", "data": {"doubled": event.data["n"] * 2}}
)");
    bench.deploy();
    HttpAnswer const answer = bench.call(R"({"n":21})");
    CHECK(answer.status == 200);
    CHECK(answer.headers.get("ce-type") == "answer");
    CHECK(answer.body == R"({"doubled":42})");
    CHECK(bench.logged("got test web-01 21"));
    CHECK(bench.logged(R"("eventId":"7")"));
}

TEST_CASE("Shell: the handler has attributes as variables, data on standard input, and a reply") {
    Bench bench("shell", R"sh(
handle() {
    echo "vm $CE_VMNAME: $(jq .n)"
    echo '{"type":"answer","data":1}' > "$REPLY_FILE"
}
)sh");
    bench.deploy();
    HttpAnswer const answer = bench.call(R"({"n":21})");
    CHECK(answer.status == 200);
    CHECK(bench.logged("vm web-01: 21"));
}

TEST_CASE("Handler errors: 500, the traceback in the log, and the next event is handled") {
    Bench bench("python", R"(
def handle(event):
    if event.data.get("bad"):
        raise ValueError("no good")
)");
    bench.deploy();
    CHECK(bench.call(R"({"bad":true})").status == 500);
    CHECK(bench.logged("Traceback"));
    CHECK(bench.logged("handler.py"));
    CHECK(bench.logged("ValueError: no good"));
    // Our own frames are of no use to the handler's author.
    CHECK_FALSE(bench.logged("worker.py"));
    CHECK(bench.call().status == 202);
    Bench shell("shell", "handle() { cat > /dev/null; return 3; }\n");
    shell.deploy();
    CHECK(shell.call().status == 500);
}

TEST_CASE("A handler that wants a retry answers 503 with Retry-After") {
    Bench bench("python", R"(
def handle(event, context):
    context.retry_later("not yet", 9)
)");
    bench.deploy();
    HttpAnswer const answer = bench.call();
    CHECK(answer.status == 503);
    CHECK(answer.headers.get("retry-after") == "9");
}

TEST_CASE("A handler that hangs is killed at its deadline with all it has started") {
    Bench bench(
        "python", R"(
import os, signal, subprocess
def handle(event):
    if event.data.get("hang"):
        child = subprocess.Popen(["sleep", "1000"])
        own_session = subprocess.Popen(["sleep", "1000"], start_new_session=True)
        print("children", child.pid, own_session.pid, flush=True)
        signal.pause()
)",
        500ms);
    bench.deploy();
    CHECK(bench.call(R"({"hang":true})").status == 504);
    CHECK(bench.comes_to_log("and was killed"));
    std::string const log = bench.log();
    auto const at = log.find("children ");
    REQUIRE(at != std::string::npos);
    std::istringstream pids(log.substr(at + 9));
    pid_t first = 0;
    pid_t second = 0;
    pids >> first >> second;
    REQUIRE(second > 0);
    CHECK(::kill(first, 0) != 0);
    CHECK(::kill(second, 0) != 0);
    CHECK(bench.call().status == 202);
}

TEST_CASE("A worker that exits in the middle of a call is replaced") {
    Bench bench("python", R"(
import os
def handle(event):
    if event.data.get("exit"):
        os._exit(3)
)");
    bench.deploy();
    CHECK(bench.call(R"({"exit":true})").status == 500);
    CHECK(bench.comes_to_log("ended with status 3"));
    CHECK(bench.call().status == 202);
}

TEST_CASE("A handler that floods its log is bounded and goes on") {
    Bench bench("python", R"(
def handle(event):
    for i in range(200000):
        print("flood", i)
)");
    bench.deploy();
    CHECK(bench.call().status == 202);
    CHECK(bench.call().status == 202);
    CHECK(bench.comes_to_log("lines were left out"));
    CHECK(bench.logged("flood 199999"));
    CHECK(std::filesystem::file_size(bench.folder.path() / "log.jsonl") < 5UL << 20);
}

// ui-trial 4, 9, 20, 38
TEST_CASE("Code that does not load is told by file and line, and the old revision goes on") {
    Bench bench("python", "def handle(event):\n    return {'type': 'one', 'n': event.data['n']}\n");
    bench.deploy();
    CHECK(bench.call().status == 500);
    CHECK(bench.state() == "Failing");
    CHECK(string_at(bench.function.describe(), "cause") == "KeyError: 'n' (handler.py line 2)");
    CHECK(bench.logged(R"(File \"handler.py\", line 2)"));
    CHECK_FALSE(bench.logged(bench.folder.path().string()));
    bench.write("def handle(event)\n    pass\n");
    bench.content.definition.revision = "f-00002";
    bench.deploy();
    CHECK(
        bench.function.problem() ==
        "f-00002 does not load: SyntaxError: expected ':' (handler.py line 1); f-00001 still "
        "serves.");
    CHECK(bench.function.serving_revision() == "f-00001");
    auto const& records = bench.function.revisions().records();
    CHECK((records[0].ready && records[0].problem.empty()));
    CHECK((!records[1].ready && !records[1].problem.empty()));
    // The first worker has its code in memory.
    CHECK(bench.call(R"({"n":1})").headers.get("ce-type") == "one");
    bench.write("import nothing_of_the_sort\n");
    bench.content.definition.revision = "f-00003";
    bench.deploy();
    for (auto const* part :
         {"No module named 'nothing_of_the_sort' (handler.py line 1)",
          "add the module's file to the function"})
        CHECK(bench.function.problem().find(part) != std::string::npos);
    bench.call();
    bench.write("def handle(event):\n    return {'type': 'four'}\n");
    bench.content.definition.revision = "f-00004";
    bench.deploy();
    // What an older revision did wrong is not its fault.
    CHECK(bench.state() == "Running");
    CHECK(string_at(bench.function.describe(), "cause").empty());
    CHECK(bench.call().headers.get("ce-type") == "four");
    CHECK(records.size() == 4);
}

TEST_CASE("A shell handler with a syntax error is told by its line") {
    Bench bench("shell", "handle() {\n  if\n}\n");
    bench.deploy();
    CHECK(bench.function.problem().find("handler.sh: line 3: syntax error") != std::string::npos);
    CHECK(bench.function.problem().ends_with('.'));
}

// reports 7, 10
TEST_CASE("Data of any kind reaches every runtime as it is, and replies keep their digits") {
    std::string const numbers =
        R"({"a":1524831183200260097,"b":993143214321423154315154321,"c":1.10,"d":0.1,"e":1e400})";
    Bench python("python", R"(
import json
def handle(event):
    data = event.data
    if isinstance(data, dict) and "a" in data:
        print(data["a"] + 1, data["b"] + 1, data["c"] * 2)
    print("data", type(data).__name__, json.dumps(data))
    return {"type": "t", "data": data}
)");
    python.deploy();
    Bench shell("shell", R"sh(
handle() {
    data=$(cat; echo x)
    data=${data%x}
    echo "data <$data>"
    printf '{"type":"t","data":%s}' "$data" > "$REPLY_FILE"
}
)sh");
    shell.deploy();
    CHECK(python.call(numbers).body == numbers);
    CHECK(python.logged("1524831183200260098 993143214321423154315154322 2.2"));
    CHECK(shell.call(numbers).body == numbers);
    for (std::string const data : {"false", "null", "0", R"("")", "[]", R"("text \" ü")"}) {
        INFO(data);
        CHECK(shell.call(data).body == data);
        CHECK(
            shell.log().find("data <" + (data.find('"') == 0 ? std::string("\\\"") : data)) !=
            std::string::npos);
        HttpAnswer const answer = python.call(data);
        CHECK(answer.status == 200);
        CHECK(parse_json(answer.body).value() == parse_json(data).value());
    }
    CHECK(python.logged("data bool false"));
    CHECK(python.logged("data NoneType null"));
    CHECK(python.call(R"({"name":"cut \ud83d"})").body == R"({"name":"cut \ud83d"})");
    CHECK(python.logged("data dict"));
}

TEST_CASE("Data that is no JSON reaches a shell handler byte by byte") {
    Bench bench("shell", "handle() { od -An -tx1; }\n");
    bench.deploy();
    bench.type = "application/octet-stream";
    bench.call(std::string("\x00\xff\n\"", 4));
    CHECK(bench.logged(" 00 ff 0a 22"));
    bench.type = "text/plain";
    bench.call("a\\\"\n");
    CHECK(bench.logged(" 61 5c 22 0a"));
}

// review 4.23
TEST_CASE("Who finds all workers busy hears so within a second, and may try again after another") {
    Bench bench("python", R"(
import time
def handle(event):
    time.sleep(event.data.get("s", 0))
)");
    bench.deploy();
    run_task(bench.io, [](Bench& at) -> Task<void> {
        using namespace asio::experimental::awaitable_operators;
        SteadyTime const begun = steady_now();
        auto const [slow, quick] =
            co_await (at.function.handle(at.slow) && at.function.handle(at.slow));
        CHECK(slow.status == 202);
        CHECK(quick.status == 503);
        CHECK(quick.headers.get("retry-after") == "1");
        CHECK(quick.body.find("The 1 worker of this function is busy.") != std::string::npos);
        CHECK(steady_now() - begun < 4s);
    }(bench));
    // One that was never served says so without Retry-After: nothing is busy there.
    Bench broken("python", "nonsense\n");
    broken.deploy();
    HttpAnswer const answer = broken.call();
    CHECK(answer.status == 503);
    CHECK_FALSE(answer.headers.contains("retry-after"));
    CHECK(answer.body.find("does not load") != std::string::npos);
}

// ui-trial 19
TEST_CASE("A handler that takes too long is answered before its caller has given up") {
    Bench bench("python", "import signal\ndef handle(event):\n    signal.pause()\n", 2s);
    bench.deploy();
    SteadyTime const begun = steady_now();
    HttpAnswer const answer = bench.call();
    CHECK(steady_now() - begun < 2s);
    CHECK(answer.status == 504);
    CHECK(answer.body.find("The handler took too long, over 1.8 s.") != std::string::npos);
}

// review 4.2
TEST_CASE("A function closes while a call runs and others wait: each is answered, nothing starts") {
    Bench bench("python", "import signal\ndef handle(event):\n    signal.pause()\n");
    bench.deploy();
    std::vector<int> statuses;
    for (int i = 0; i < 20; ++i)
        asio::co_spawn(
            bench.io,
            [](Bench& at, std::vector<int>& into) -> Task<void> {
                into.push_back((co_await at.function.handle(at.slow)).status);
            }(bench, statuses),
            asio::detached);
    CHECK(bench.comes_true([&] { return statuses.empty(); }));
    run_task(bench.io, bench.function.close(100ms));
    CHECK(statuses.size() == 20);
    CHECK(std::ranges::count(statuses, 503) == 19);
    CHECK(std::ranges::count(statuses, 500) == 1);
    CHECK(bench.logged("Stopped in the middle of an event."));
    CHECK(bench.call().status == 503);
    // It is closed once and for all, and a second close() has nothing to do.
    run_task(bench.io, bench.function.close(0ns));
    run_task(bench.io, bench.function.deploy(bench.content));
    CHECK(bench.call().body.find("being stopped") != std::string::npos);
}

TEST_CASE("A function closes while its code is still being loaded") {
    Bench bench("python", "import signal\nsignal.pause()\n");
    SteadyTime const begun = steady_now();
    run_task(bench.io, [](Bench& at) -> Task<void> {
        using namespace asio::experimental::awaitable_operators;
        co_await (at.function.deploy(at.content) && at.function.close(10s));
    }(bench));
    CHECK(steady_now() - begun < 5s);
    CHECK_FALSE(bench.function.ready());
}

TEST_CASE("A worker that dies while it is idle is not given the next event") {
    Bench bench("python", R"(
import os, threading
def handle(event):
    if event.data.get("die"):
        threading.Timer(0.05, lambda: os._exit(4)).start()
)");
    bench.deploy();
    CHECK(bench.call(R"({"die":true})").status == 202);
    CHECK(bench.comes_to_log("The worker has ended by itself (ended with status 4)"));
    CHECK(bench.call().status == 202);
}

TEST_CASE("A folder that functions share is a folder, and does not hold the state") {
    test::TemporaryFolder state;
    CHECK_THROWS_AS(Isolation(state.path(), state.path()), StartupError);
    CHECK_THROWS_AS(Isolation(state.path(), state.path().parent_path()), StartupError);
    CHECK_THROWS_AS(Isolation(state.path(), state.path() / "none"), StartupError);
    std::filesystem::create_directory(state.path() / "shared");
    CHECK_NOTHROW(Isolation(state.path(), state.path() / "shared"));
}

// attack 16
TEST_CASE("A handler sees its own folder and what programs need, and not the state it runs in") {
    test::TemporaryFolder state;
    REQUIRE(write_file_atomic(state.path() / "token", "0123456789abcdef", 0600));
    Isolation const isolation(state.path(), {});
    if (auto const possible = isolation.sandbox({"/usr"}, "/usr", "/dev/null"); !possible) {
        WARN("This kernel has no Landlock: " << possible.error().detail);
        return;
    }
    Bench bench(
        "python", R"(
import os, tempfile, urllib.request, ssl, subprocess
def reach(name, action):
    try:
        action()
        print(name, "reached")
    except OSError as error:
        print(name, type(error).__name__)
def handle(event):
    runner = os.getppid()
    reach("token", lambda: open(event.data["token"]).read())
    reach("by proc", lambda: open("/proc/self/root" + event.data["token"]).read())
    reach("memory", lambda: open(f"/proc/{runner}/mem", "rb"))
    reach("environment", lambda: open(f"/proc/{runner}/environ").read())
    reach("signal", lambda: os.kill(runner, 0))
    reach("code", lambda: open("handler.py").read())
    reach("temporary", lambda: tempfile.TemporaryFile().write(b"x"))
    reach("programs", lambda: subprocess.run(["true"], check=True))
    reach("write code", lambda: open("handler.py", "a"))
)",
        10s, &isolation);
    bench.deploy();
    CHECK(bench.call(R"({"token":")" + (state.path() / "token").string() + "\"}").status == 202);
    for (auto const* line :
         {"token PermissionError", "by proc PermissionError", "memory PermissionError",
          "environment PermissionError", "code reached", "temporary reached", "programs reached",
          "write code PermissionError"})
        CHECK(bench.logged(line));
    // Signals are kept in from Linux 6.12 on.
    CHECK((bench.logged("signal PermissionError") || bench.logged("signal reached")));
}

TEST_CASE("An idle worker is stopped, and the next event starts it again") {
    Bench bench("python", "def handle(event):\n    pass\n");
    bench.deploy();
    CHECK(bench.comes_true([&] { return bench.state() == "Idle"; }));
    // ui-trial 33: nothing that sounds like an error.
    CHECK(bench.comes_to_log("Idle: stopped until the next event."));
    CHECK_FALSE(bench.logged("ended with status"));
    CHECK(bench.call().status == 202);
    CHECK(bench.state() == "Running");
}

TEST_CASE("Secrets and settings reach the handler, nothing else of our environment does") {
    ::setenv("MILLRACE_TEST_LEAK", "leak", 1);
    Bench bench("python", R"(
import os
def handle(event):
    print(os.environ.get("COLOR"), os.environ.get("MILLRACE_TEST_LEAK"))
)");
    bench.content.environment["COLOR"] = Secret("blue");
    bench.deploy();
    bench.call();
    CHECK(bench.logged("blue None"));
}

TEST_CASE("Requests that are no events are refused") {
    Bench bench("python", "def handle(event):\n    pass\n");
    bench.deploy();
    run_task(bench.io, [](Function& to) -> Task<void> {
        HttpRequest get;
        CHECK((co_await to.handle(get)).status == 405);
        HttpRequest nothing;
        nothing.method = "POST";
        CHECK((co_await to.handle(nothing)).status == 400);
    }(bench.function));
}
