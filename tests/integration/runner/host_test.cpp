// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fstream>

#include "common/base/file.hpp"
#include "common/function/recipe.hpp"
#include "common/kube/directory/directory_store.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/run_task.hpp"
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
    Task<void> put_function(std::string name, std::string code, std::string secret = {});
    Task<void> put_secret(std::string name, std::string value) {
        REQUIRE(co_await store.apply(
            kinds::secret, make_secret({"default", name}, {{"COLOUR", value}})));
    }
    /// Waits until the function's Ready is `state` and its message has `text`.
    Task<void> wait_for(std::string name, std::string state, std::string text = {});
    /// How often a revision has begun to serve.
    std::ptrdiff_t starts(std::string const& name) const;

    asio::io_context io;
    TemporaryFolder folder;
    DirectoryStore store;
    ChildService host;

private:
    static ChildLaunch launch(std::filesystem::path const& folder);
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

Task<void> HostWorld::put_function(std::string name, std::string code, std::string secret) {
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
        container["envFrom"] = Json::array({{{"secretRef", {{"name", secret}}}}});
    set_code_name(resource, files.name().name);
    REQUIRE(co_await store.apply(kinds::config_map, files));
    REQUIRE(co_await store.apply(kinds::service, std::move(resource)));
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

std::ptrdiff_t HostWorld::starts(std::string const& name) const {
    std::ifstream lines(folder.path() / "runner" / ("default." + name) / "log.jsonl");
    return std::count_if(
        std::istream_iterator<std::string>(lines), {},
        [](std::string const& word) { return word.find("serves.") != std::string::npos; });
}

Task<void> check_missing_secret(HostWorld& world) {
    co_await world.host.start();
    co_await world.put_function("f", works, "late");
    co_await world.wait_for("f", "False", "late");
    co_await world.put_secret("late", "blue");
    co_await world.wait_for("f", "True");
    CHECK(world.starts("f") == 1);
    REQUIRE(co_await world.store.remove(kinds::secret, {"default", "late"}));
    co_await world.wait_for("f", "False", "late");
    co_await world.put_secret("late", "blue");
    co_await world.wait_for("f", "True");
    // Nothing has changed for it: the worker that runs is the one that ran.
    CHECK(world.starts("f") == 1);
    co_await world.put_secret("late", "red");
    REQUIRE(co_await comes_true([&] { return world.starts("f") == 2; }, change_limit));
}

Task<void> check_retry(HostWorld& world) {
    auto const worker = world.runtimes() / "python/worker.py";
    co_await world.host.start();
    std::filesystem::rename(worker, worker.string() + ".away");
    co_await world.put_function("f", works);
    co_await world.wait_for("f", "False", "cannot be loaded");
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

}  // namespace

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
