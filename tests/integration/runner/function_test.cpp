// SPDX-License-Identifier: Apache-2.0
#include "runner/function.hpp"

#include <signal.h>

#include <fstream>

#include "common/base/file.hpp"
#include "common/event/http_binding.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::runner;
using test::run_task;

namespace {

/// One function with its handler in a folder of its own.
struct Bench {
    explicit Bench(std::string const& runtime, std::string const& code, milliseconds limit = 10s)
        : function(
              io.get_executor(), {"default", "f"}, folder.path(),
              std::filesystem::path(MILLRACE_SOURCE_DIR) / "services/runner/runtimes", telemetry) {
        become_subreaper();
        content.definition.name = {"default", "f"};
        content.definition.revision = "f-00001";
        content.definition.runtime = runtime;
        content.definition.timeout = limit;
        content.code_folder = folder.path() / "code";
        std::filesystem::create_directory(content.code_folder);
        write(code);
    }
    ~Bench() { run_task(io, function.stop()); }

    void write(std::string const& code) const {
        std::string const name =
            content.definition.runtime == "python" ? "handler.py" : "handler.sh";
        std::ofstream(content.code_folder / name) << code;
    }
    void deploy() { run_task(io, function.deploy(content)); }
    HttpAnswer call(std::string const& data = "{}") {
        HttpAnswer answer;
        run_task(io, [](Function& to, std::string text, HttpAnswer& into) -> Task<void> {
            CloudEvent event;
            event.id = "7";
            event.source = "/test";
            event.type = "test";
            event.datacontenttype = "application/json";
            event.data = text;
            event.has_data = true;
            event.set_attribute("vmname", "web-01");
            HttpRequest request;
            request.method = "POST";
            request.headers = binary_headers(event);
            request.body = event.data;
            into = co_await to.handle(request);
        }(function, data, answer));
        return answer;
    }
    std::string log() { return function.log().page(2'000); }
    bool logged(std::string const& text) { return log().find(text) != std::string::npos; }

    asio::io_context io;
    test::TemporaryFolder folder;
    Telemetry telemetry;
    Function function;
    RevisionContent content;
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
    CHECK(bench.logged("was killed"));
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
    CHECK(bench.logged("ended with status 3"));
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
    CHECK(bench.logged("were left out"));
    CHECK(std::filesystem::file_size(bench.folder.path() / "log.jsonl") < 5UL << 20);
}

TEST_CASE("Code that cannot be loaded is told, and the old revision goes on") {
    Bench bench("python", "def handle(event):\n    return {'type': 'one'}\n");
    bench.deploy();
    bench.write("import nothing_of_the_sort\n");
    bench.content.definition.revision = "f-00002";
    bench.deploy();
    CHECK(bench.function.problem().find("nothing_of_the_sort") != std::string::npos);
    CHECK(bench.function.serving_revision() == "f-00001");
    // The first worker has its code in memory.
    CHECK(bench.call().headers.get("ce-type") == "one");
    bench.write("def handle(event):\n    return {'type': 'three'}\n");
    bench.content.definition.revision = "f-00003";
    bench.deploy();
    CHECK(bench.call().headers.get("ce-type") == "three");
    CHECK(bench.function.revisions().size() == 3);
}

TEST_CASE("An idle worker is stopped, and the next event starts it again") {
    Bench bench("python", "def handle(event):\n    pass\n");
    bench.deploy();
    run_task(bench.io, bench.function.stop_idle(0ns));
    CHECK(string_at(bench.function.describe(), "state") == "Idle");
    CHECK(bench.call().status == 202);
    CHECK(string_at(bench.function.describe(), "state") == "Running");
}

TEST_CASE("Secrets and settings reach the handler, nothing else of our environment does") {
    ::setenv("MILLRACE_TEST_LEAK", "leak", 1);
    Bench bench("python", R"(
import os
def handle(event):
    print(os.environ.get("COLOR"), os.environ.get("MILLRACE_TEST_LEAK"))
)");
    bench.content.environment["COLOR"] = "blue";
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
