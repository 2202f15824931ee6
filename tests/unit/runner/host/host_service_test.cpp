// SPDX-License-Identifier: Apache-2.0
#include "runner/host/host_service.hpp"

#include "common/event/http_binding.hpp"
#include "common/function/recipe.hpp"
#include "runner/host/function_routes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/failing_store.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::runner;
using test::FailingStore;

namespace {

FlagValues flags_of(std::filesystem::path const& state) {
    return parse_flags(
               service_flags(host_flags()),
               {"--state=" + state.string(),
                "--runtimes=" MILLRACE_SOURCE_DIR "/services/runner/runtimes"})
        .value();
}

struct Bench {
    Bench()
        : flags(flags_of(folder.path())),
          store(new FailingStore(io.get_executor(), folder.path())),
          host({io, flags, telemetry, url, end}, std::unique_ptr<ResourceStore>(store)) {}
    ~Bench() { test::run_task(io, host.stop()); }

    Task<void> put_function(std::string name) {
        Recipe const recipe =
            load_recipe(MILLRACE_SOURCE_DIR "/appliance/functions/blank-python").value();
        FunctionObjects const objects = make_function(recipe, {"default", name});
        REQUIRE(co_await store->apply(kinds::config_map, objects.code));
        REQUIRE(co_await store->apply(kinds::service, objects.service));
    }
    Task<int> call(std::string path) {
        CloudEvent event;
        event.id = "7";
        event.source = "/s";
        event.type = "t";
        HttpRequest request;
        request.method = "POST";
        request.path = std::move(path);
        request.headers = binary_headers(event);
        co_return (co_await host.handle(request)).status;
    }
    /// Calls until the answer is `status`.
    Task<void> call_until(std::string path, int status) {
        SteadyTime const deadline = steady_now() + 20s;
        while (co_await call(path) != status) {
            REQUIRE(steady_now() < deadline);
            co_await sleep_for(10ms);
        }
    }
    Task<std::string> get(std::string path) {
        HttpRequest request;
        request.path = std::move(path);
        co_return (co_await host.handle(request)).body;
    }

    asio::io_context io;
    test::TemporaryFolder folder;
    FlagValues flags;
    Telemetry telemetry;
    std::string url = "http://127.0.0.1:1";
    std::function<void()> end = [] {};
    FailingStore* store;
    HostService host;
};

}  // namespace

// review 4.4
TEST_CASE("HostService: a function reported as deleted stays while the store cannot be read") {
    Bench bench;
    test::run_task(bench.io, [](Bench& at) -> Task<void> {
        co_await at.host.start();
        co_await at.put_function("f");
        co_await at.call_until("/default/f", 202);
        at.store->unreadable = {kinds::service.kind};
        REQUIRE(co_await at.store->remove(kinds::service, {"default", "f"}, {}));
        while (at.store->failures == 0)
            co_await sleep_for(10ms);
        CHECK(co_await at.call("/default/f") == 202);
        CHECK(std::filesystem::exists(at.folder.path() / "runner/default.f/log.jsonl"));
        // Readable again: looked at anew, without a notice.
        at.store->unreadable.clear();
        co_await at.call_until("/default/f", 404);
        SteadyTime const deadline = steady_now() + 20s;
        while (std::filesystem::exists(at.folder.path() / "runner/default.f")) {
            REQUIRE(steady_now() < deadline);
            co_await sleep_for(10ms);
        }
    }(bench));
}

TEST_CASE("HostService: a status that could not be written is written as soon as it can be") {
    Bench bench;
    test::run_task(bench.io, [](Bench& at) -> Task<void> {
        at.store->is_full = true;
        co_await at.host.start();
        co_await at.put_function("f");
        co_await at.call_until("/default/f", 202);
        SteadyTime const deadline = steady_now() + 20s;
        while (at.store->failures == 0) {
            REQUIRE(steady_now() < deadline);
            co_await sleep_for(10ms);
        }
        at.store->is_full = false;
        for (;;) {
            auto const service = co_await at.store->get(kinds::service, {"default", "f"});
            if (service && condition_state(service->status(), "Ready") == "True")
                break;
            REQUIRE(steady_now() < deadline);
            co_await sleep_for(10ms);
        }
    }(bench));
}

TEST_CASE("HostService: its API tells functions, revisions and logs, and nothing else") {
    Bench bench;
    test::run_task(bench.io, [](Bench& at) -> Task<void> {
        CHECK(at.host.not_ready_reason() == "The functions have not been read yet.");
        co_await at.host.start();
        co_await at.put_function("f");
        co_await at.call_until("/default/f", 202);
        CHECK(at.host.not_ready_reason().empty());
        CHECK((co_await at.get("/api/v1/functions")).find(R"("name":"f")") != std::string::npos);
        std::string const one = "/api/v1/functions/default/f/";
        CHECK((co_await at.get(one + "revisions")).find("f-00001") != std::string::npos);
        CHECK((co_await at.get(one + "logs")).find("serves.") != std::string::npos);
        for (std::string const& path :
             {one + "nothing", one, std::string("/api/v1/functions/x/y/logs"),
              std::string("/api/v2"), std::string("/a/b/c")})
            CHECK((co_await at.get(path)).find("notFound") != std::string::npos);
    }(bench));
}

TEST_CASE("HostService: a second one on the same state is refused") {
    Bench bench;
    FlagValues const flags = flags_of(bench.folder.path());
    CHECK_THROWS_AS(
        HostService({bench.io, flags, bench.telemetry, bench.url, bench.end}), StartupError);
}

TEST_CASE("Routes: paths in their parts, and how many lines of a log are asked for") {
    CHECK(path_parts("/ns/f", "/") == std::vector<std::string>{"ns", "f"});
    CHECK(path_parts("/ns//f", "/") == std::vector<std::string>{"ns", "", "f"});
    CHECK(path_parts("/other", "/api/").empty());
    HttpRequest request;
    CHECK(line_count(request) == 200);
    for (auto const& [query, count] : std::vector<std::pair<std::string, std::size_t>>{
             {"tail=5", 5},
             {"tail=0", 0},
             {"tail=9999", 2'000},
             {"tail=x", 200},
             {"tail=5x", 200},
             {"tail=99999999999999999999", 2'000},
             {"tail=-1", 200}}) {
        request.query = query;
        CHECK(line_count(request) == count);
    }
}
