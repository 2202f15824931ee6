// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/asio/detached.hpp>
#include <fstream>
#include <map>

#include "common/base/file.hpp"
#include "common/function/recipe.hpp"
#include "common/kube/directory/directory_store.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/service_client.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr char const* works = "def handle(event):\n    pass\n";
constexpr milliseconds change_limit = 30s;

/// `millrace-runner host` over a store of its own, with runtimes that a test may break.
class HostWorld {
public:
    HostWorld() : store(io.get_executor(), folder.path()), host(launch(folder.path())) {
        std::filesystem::copy(
            MILLRACE_SOURCE_DIR "/services/runner/runtimes", runtimes(),
            std::filesystem::copy_options::recursive);
        REQUIRE(
            write_file_atomic(folder.path() / "token", "0123456789abcdef0123456789abcdef", 0600));
    }

    std::filesystem::path runtimes() const { return folder.path() / "runtimes"; }
    Task<void> put_function(
        std::string name, std::string code, std::string secret = {}, bool is_optional = false);
    Task<void> put_secret(std::string name, std::string value) {
        REQUIRE(co_await store.apply(
            kinds::secret, make_secret({"default", name}, {{"COLOUR", Secret(value)}})));
    }
    /// Posts one event to the function.
    Task<Result<HttpResponse>> call(std::string name, std::string data = "{}");
    /// How many events its handler has been given.
    Task<std::int64_t> calls_of(std::string name);
    /// What the host says of its functions.
    Task<Json> functions();
    /// Waits until the function's Ready is `state` and its message has `text`.
    Task<void> wait_for(std::string name, std::string state, std::string text = {});
    /// How often a revision has begun to serve.
    std::ptrdiff_t starts(std::string const& name) const;

    asio::io_context io;
    /// Waits until what the host says of the function has `text` as its cause; empty: none.
    Task<void> wait_for_cause(std::string name, std::string text);
    static ChildLaunch launch(std::filesystem::path const& folder);

    TemporaryFolder folder;
    DirectoryStore store;
    ChildService host;
};

ChildLaunch HostWorld::launch(std::filesystem::path const& folder) {
    ChildLaunch launch;
    launch.program = std::filesystem::path(MILLRACE_BINARY_DIR) / "millrace-runner";
    launch.log_file = folder / "runner.log";
    launch.address_file = folder / "runner.json";
    launch.arguments = {
        "host", "--state=" + folder.string(), "--address-file=" + launch.address_file.string(),
        "--api-token-file=" + (folder / "token").string(),
        "--runtimes=" + (folder / "runtimes").string()};
    return launch;
}

Task<void> HostWorld::put_function(
    std::string name, std::string code, std::string secret, bool is_optional) {
    Resource const files = make_code({"default", name}, {{"handler.py", code}});
    auto service = parse_json(
        R"({"apiVersion": "serving.knative.dev/v1", "kind": "Service", "spec": {"template":)"
        R"({"spec": {"containers": [{"image": "dev.local/millrace/python:1"}],)"
        R"("volumes": [{"name": "code"}]}}}})");
    REQUIRE(service);
    Resource resource{std::move(*service)};
    resource.object["metadata"] = {
        {"name", name}, {"namespace", "default"}, {"labels", {{"millrace.dev/runtime", "python"}}}};
    Json& container = resource.object["spec"]["template"]["spec"]["containers"][0];
    container["volumeMounts"] = Json::array({{{"name", "code"}, {"mountPath", "/function"}}});
    if (!secret.empty())
        container["envFrom"] =
            Json::array({{{"secretRef", {{"name", secret}, {"optional", is_optional}}}}});
    set_code_name(resource, files.name().name);
    REQUIRE(co_await store.apply(kinds::config_map, files));
    auto const applied = co_await store.apply(kinds::service, std::move(resource));
    REQUIRE(applied);
}

Task<void> HostWorld::wait_for(std::string name, std::string state, std::string text) {
    SteadyTime const deadline = steady_now() + change_limit;
    for (;;) {
        auto const service = co_await store.get(kinds::service, {"default", name});
        REQUIRE(service);
        Json const& status = service->status();
        if (condition_state(status, "Ready") == state &&
            dump_json(status).find(text) != std::string::npos)
            co_return;
        if (steady_now() > deadline)
            FAIL(
                name << " does not get Ready " << state << ": " << dump_json(status) << host.log());
        co_await sleep_for(20ms);
    }
}

Task<void> HostWorld::wait_for_cause(std::string name, std::string text) {
    SteadyTime const deadline = steady_now() + change_limit;
    for (;;) {
        for (Json const& function : co_await functions()) {
            std::string const cause = string_at(function, "cause");
            bool const fits = text.empty() ? cause.empty() : cause.find(text) != std::string::npos;
            if (string_at(function, "name") == name && fits)
                co_return;
        }
        if (steady_now() > deadline)
            FAIL(name << " never says: " << text << "\n" << host.log());
        co_await sleep_for(20ms);
    }
}

std::ptrdiff_t HostWorld::starts(std::string const& name) const {
    std::ifstream lines(folder.path() / "runner" / ("default." + name) / "log.jsonl");
    return std::count_if(
        std::istream_iterator<std::string>(lines), {},
        [](std::string const& word) { return word.find("serves.") != std::string::npos; });
}

Task<Result<HttpResponse>> HostWorld::call(std::string name, std::string data) {
    HttpClient client(io.get_executor(), {});
    HttpRequest request;
    request.method = "POST";
    request.headers = {
        {"ce-specversion", "1.0"},
        {"ce-id", "1"},
        {"ce-source", "/t"},
        {"ce-type", "t"},
        {"Content-Type", "application/json"}};
    request.body = std::move(data);
    co_return co_await client.send(
        parse_url(host.url() + "/default/" + name).value(), request, 20s);
}

Task<Json> HostWorld::functions() {
    ServiceClient client(io.get_executor(), "0123456789abcdef0123456789abcdef");
    co_return *find_json(co_await client.get(host.url() + "/api/v1/functions"), "items");
}

Task<std::int64_t> HostWorld::calls_of(std::string name) {
    for (Json const& function : co_await functions())
        if (string_at(function, "name") == name)
            co_return integer_at(function, "calls").value_or(0);
    co_return 0;
}

Task<void> check_missing_secret(HostWorld& world) {
    co_await world.host.start();
    co_await world.put_function("f", works, "late");
    co_await world.wait_for("f", "False", "late");
    co_await world.put_secret("late", "blue");
    co_await world.wait_for("f", "True");
    CHECK(world.starts("f") == 1);
    REQUIRE(co_await world.store.remove(kinds::secret, {"default", "late"}, {}));
    co_await world.wait_for("f", "False", "late");
    co_await world.put_secret("late", "blue");
    co_await world.wait_for("f", "True");
    // Nothing has changed for it: the worker that runs is the one that ran.
    CHECK(world.starts("f") == 1);
    co_await world.put_secret("late", "red");
    REQUIRE(co_await comes_true([&] { return world.starts("f") == 2; }, change_limit));
}

Task<void> check_optional_secret(HostWorld& world) {
    co_await world.host.start();
    co_await world.put_function("f", works, "late", true);
    co_await world.wait_for("f", "True");
    CHECK(world.starts("f") == 1);
    co_await world.put_secret("late", "blue");
    REQUIRE(co_await comes_true([&] { return world.starts("f") == 2; }, change_limit));
}

Task<void> check_retry(HostWorld& world) {
    auto const worker = world.runtimes() / "python/worker.py";
    co_await world.host.start();
    std::filesystem::rename(worker, worker.string() + ".away");
    co_await world.put_function("f", works);
    co_await world.wait_for("f", "False", "does not load");
    std::filesystem::rename(worker.string() + ".away", worker);
    co_await world.wait_for("f", "True");
    CHECK(world.starts("f") == 1);
}

Task<void> check_hanging(HostWorld& world) {
    co_await world.host.start();
    co_await world.put_function("a-hangs", "while True:\n    pass\n");
    SteadyTime const begun = steady_now();
    co_await world.put_function("f", works);
    co_await world.wait_for("f", "True");
    // The other has 15 s to load; this one did not wait for it.
    CHECK(steady_now() - begun < 15s);
    auto const other = co_await world.store.get(kinds::service, {"default", "a-hangs"});
    REQUIRE(other);
    CHECK(condition_state(other->status(), "Ready") != "True");
}

/// When each file below `folder` was written last.
std::map<std::string, std::filesystem::file_time_type> write_times(
    std::filesystem::path const& folder) {
    std::map<std::string, std::filesystem::file_time_type> times;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(folder))
        times[entry.path().string()] = std::filesystem::last_write_time(entry.path());
    return times;
}

/// How often the process has asked the kernel to write (proc_pid_io(5)).
std::string write_calls_of(pid_t pid) {
    std::ifstream io("/proc/" + std::to_string(pid) + "/io");
    std::string line;
    while (std::getline(io, line))
        if (line.starts_with("syscw: "))
            return line;
    return {};
}

Task<void> check_idle(HostWorld& world) {
    co_await world.host.start();
    for (int i = 0; i < 5; ++i)
        co_await world.put_function("f" + std::to_string(i), works);
    for (int i = 0; i < 5; ++i)
        co_await world.wait_for("f" + std::to_string(i), "True");
    // Its own statuses come back to it first; then nothing is written for as long as one looks.
    auto const write_calls = [&] { return write_calls_of(world.host.pid()); };
    bool is_silent = false;
    for (int look = 0; look < 10 && !is_silent; ++look) {
        auto const before = write_times(world.folder.path());
        std::string const written = write_calls();
        co_await sleep_for(2s);
        is_silent = write_times(world.folder.path()) == before && write_calls() == written;
    }
    CHECK(is_silent);
}

Task<void> check_identity(HostWorld& world) {
    co_await world.host.start();
    co_await world.put_function("f", "def handle(event):\n    print('the old one')\n");
    co_await world.wait_for("f", "True");
    CHECK((co_await world.call("f"))->status == 202);
    auto const folder = world.folder.path() / "runner/default.f";
    auto const log = [&] { return read_file(folder / "log.jsonl", 1 << 20).value_or(""); };
    REQUIRE(co_await comes_true(
        [&] { return log().find("the old one") != std::string::npos; }, change_limit));
    // A Service that cannot be read, and one whose file is away for an error's sake, stay.
    auto const object = world.folder.path() / "objects/services.serving.knative.dev/default/f.yaml";
    std::string const good = read_file(object, 1 << 20).value();
    REQUIRE(write_file_atomic(object, "metadata: [", 0640));
    co_await world.wait_for_cause("f", "f.yaml");
    CHECK((co_await world.call("f"))->status == 202);
    REQUIRE(write_file_atomic(object, good, 0640));
    co_await world.wait_for_cause("f", "");
    CHECK(log().find("the old one") != std::string::npos);
    // The same name with another uid is another function: nothing of the old one is left to it.
    std::string other = good;
    auto const uid = other.find("uid: ") + 5;
    other.replace(uid, 8, other.substr(uid, 8) == "00000000" ? "11111111" : "00000000");
    REQUIRE(write_file_atomic(object, other, 0640));
    REQUIRE(co_await comes_true(
        [&] {
            return log().find("the old one") == std::string::npos &&
                   log().find("serves.") != std::string::npos;
        },
        change_limit));
    CHECK((co_await world.call("f"))->status == 202);
}

Task<void> check_delete_under_load(HostWorld& world) {
    co_await world.host.start();
    std::string const slow =
        "import time\ndelay = 0.3\ndef handle(event):\n    time.sleep(delay)\n";
    std::size_t answered = 0;
    std::size_t others = 0;
    for (int round = 0; round < 3; ++round) {
        co_await world.put_function("f", slow);
        co_await world.wait_for("f", "True");
        std::int64_t const calls_before = co_await world.calls_of("f");
        std::size_t running = 0;
        for (int i = 0; i < 24; ++i)
            asio::co_spawn(
                world.io,
                [](HostWorld& at, std::size_t& left, std::size_t& well,
                   std::size_t& odd) -> Task<void> {
                    ++left;
                    auto const answer = co_await at.call("f");
                    well += answer && (answer->status == 202 || answer->status == 503 ||
                                       answer->status == 404 || answer->status == 500);
                    odd += !answer;
                    --left;
                }(world, running, answered, others),
                asio::detached);
        while (co_await world.calls_of("f") == calls_before)
            co_await sleep_for(1ms);
        REQUIRE(co_await world.store.remove(kinds::service, {"default", "f"}, {}));
        REQUIRE(co_await comes_true([&] { return running == 0; }, change_limit));
        auto const folder = world.folder.path() / "runner/default.f";
        REQUIRE(
            co_await comes_true([&] { return !std::filesystem::exists(folder); }, change_limit));
    }
    CHECK(answered == 72);
    CHECK(others == 0);
    CHECK((co_await world.functions()).empty());
    CHECK(co_await world.host.stop() == 0);
}

/// Reads on until `text` has been heard.
Task<void> hear(StreamedResponse& stream, std::string& heard, std::string text) {
    while (heard.find(text) == std::string::npos) {
        auto const piece = co_await stream.body->read(10s);
        REQUIRE(piece);
        heard += *piece;
    }
}

Task<void> check_stream(HostWorld& world) {
    co_await world.host.start();
    co_await world.put_function("f", works);
    co_await world.wait_for("f", "True");
    HttpClient client(world.io.get_executor(), {});
    HttpRequest request;
    request.headers.add("Authorization", "Bearer 0123456789abcdef0123456789abcdef");
    auto stream = co_await client.open(
        parse_url(world.host.url() + "/api/v1/functions/stream").value(), request, 5s);
    REQUIRE(stream);
    std::string heard;
    co_await hear(*stream, heard, "\n\n");
    CHECK(heard.starts_with("event: functions\ndata: {\"items\":[{\"name\":\"f\""));
    CHECK(heard.find("\"calls\":0") != std::string::npos);
    CHECK((co_await world.call("f"))->status == 202);
    co_await hear(*stream, heard, "\"calls\":1");
    REQUIRE(co_await world.store.remove(kinds::service, {"default", "f"}, {}));
    co_await hear(*stream, heard, "\"items\":[]");
}

Task<void> check_isolation(HostWorld& world) {
    co_await world.host.start();
    co_await world.put_function(
        "f",
        "import os\ndef handle(event):\n    path = event.data['path']\n"
        "    open(path).read() if os.path.isfile(path) else "
        "os.listdir(path)\n");
    co_await world.wait_for("f", "True");
    ServiceClient client(world.io.get_executor(), "0123456789abcdef0123456789abcdef");
    Json const status = co_await client.get(world.host.url() + "/status");
    if (!bool_at(status, "isolation", false)) {
        WARN("This kernel has no Landlock.");
        co_return;
    }
    co_await world.put_secret("other", "blue");
    CHECK((co_await world.call("f", R"({"path":"/etc/passwd"})"))->status == 202);
    auto const state = world.folder.path();
    for (auto const* secret :
         {"token", "objects/secrets/default/other.yaml", "objects", "runner/default.f",
          "runner.log"}) {
        INFO(secret);
        auto const answer =
            co_await world.call("f", R"({"path":")" + (state / secret).string() + "\"}");
        CHECK(answer->status == 500);
        CHECK(answer->body.find("PermissionError") != std::string::npos);
    }
}

}  // namespace

// review 4.3
TEST_CASE("Host: at rest it writes nothing, neither code nor status") {
    HostWorld world;
    run_task(world.io, check_idle(world));
}

// review 4.4, 4.5
TEST_CASE("Host: what cannot be read is not deleted, and another uid is another function") {
    HostWorld world;
    run_task(world.io, check_identity(world));
}

// review 4.2
TEST_CASE("Host: a function deleted under load answers every call and leaves nothing") {
    HostWorld world;
    run_task(world.io, check_delete_under_load(world), 120s);
}

TEST_CASE("Host: who listens hears the functions at once and whenever one changes") {
    HostWorld world;
    run_task(world.io, check_stream(world));
}

// attack 16
TEST_CASE("Host: a handler cannot read the token, a Secret or an object of the state") {
    HostWorld world;
    run_task(world.io, check_isolation(world));
}

// ui-trial 3
TEST_CASE("Host: a second one on the same state is refused with the process that holds it") {
    HostWorld world;
    run_task(world.io, [](HostWorld& at) -> Task<void> {
        co_await at.host.start();
        ChildService second(HostWorld::launch(at.folder.path()));
        second.spawn();
        CHECK(co_await second.wait_for_end(10s) == 2);
        CHECK(
            second.log().find("in use by process " + std::to_string(at.host.pid())) !=
            std::string::npos);
    }(world));
}

TEST_CASE("Host: a function whose optional Secret is missing starts, and anew when it is there") {
    HostWorld world;
    run_task(world.io, check_optional_secret(world), 120s);
}

TEST_CASE("Host: a function whose Secret is missing starts when it is there, and only then") {
    HostWorld world;
    run_task(world.io, check_missing_secret(world), 120s);
}

TEST_CASE("Host: a revision that could not start is tried again without any change") {
    HostWorld world;
    run_task(world.io, check_retry(world));
}

TEST_CASE("Host: code that hangs while it is loaded keeps no other function waiting") {
    HostWorld world;
    run_task(world.io, check_hanging(world));
}
