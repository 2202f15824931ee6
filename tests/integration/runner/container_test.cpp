// SPDX-License-Identifier: Apache-2.0
// One function in a container, as the kubelet and Knative's queue-proxy ask it whether it is ready.
#include "common/base/file.hpp"
#include "common/base/json.hpp"
#include "common/net/http_client.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

/// `millrace-runner function` with this handler.
struct Container {
    explicit Container(std::string const& handler) : process(launch(folder.path())) {
        REQUIRE(write_file_atomic(folder.path() / "token", std::string(32, 't'), 0600));
        REQUIRE(make_directories(folder.path() / "code", 0700));
        REQUIRE(write_file_atomic(folder.path() / "code/handler.py", handler, 0600));
    }
    static ChildLaunch launch(std::filesystem::path const& folder) {
        ChildLaunch launch;
        launch.program = std::filesystem::path(MILLRACE_BINARY_DIR) / "millrace-runner";
        launch.log_file = folder / "runner.log";
        launch.address_file = folder / "runner.json";
        launch.arguments = {
            "function",
            "--name=echo",
            "--runtime=python",
            "--code=" + (folder / "code").string(),
            std::string("--runtimes=") + MILLRACE_SOURCE_DIR "/services/runner/runtimes",
            "--state=" + folder.string(),
            "--address-file=" + launch.address_file.string(),
            "--api-token-file=" + (folder / "token").string()};
        return launch;
    }
    /// Asks without a token and by address, as the probe does, until the answer has these words.
    Task<HttpResponse> probe_until(std::string words) {
        HttpClient client(io.get_executor(), {});
        HttpRequest const probe;
        SteadyTime const deadline = steady_now() + 20s;
        for (;;) {
            auto const text = read_file(folder.path() / "runner.json", 4096);
            auto const address = text ? parse_json(*text) : Result<Json>(Json());
            auto const url = parse_url(address ? string_at(*address, "url") + "/readyz" : "");
            auto answer = url ? co_await client.send(*url, probe, 2s)
                              : Result<HttpResponse>(failure(ErrorCode::closed, ""));
            if (answer && answer->body.find(words) != std::string::npos)
                co_return std::move(*answer);
            INFO(process.log());
            REQUIRE(steady_now() < deadline);
            co_await sleep_for(10ms);
        }
    }

    asio::io_context io;
    TemporaryFolder folder;
    ChildService process;
};

Task<void> check_probe(Container& container, std::string words, int status) {
    container.process.spawn();
    HttpResponse const answer = co_await container.probe_until(std::move(words));
    CHECK(answer.status == status);
    CHECK(co_await container.process.stop() == 0);
}

}  // namespace

TEST_CASE("Container: a function that has loaded is ready for who asks without a token") {
    Container container("def handle(event):\n    pass\n");
    run_task(container.io, check_probe(container, "ready", 200));
}

TEST_CASE("Container: one that does not load is not ready, and says why") {
    Container container("def handle(event)\n    pass\n");
    run_task(container.io, check_probe(container, "SyntaxError", 503));
}
