// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include "common/base/file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

/// `millrace-runner function` as a container has it, with a handler in Python.
struct Container {
    explicit Container(std::string const& code) {
        std::filesystem::create_directory(folder.path() / "code");
        std::ofstream(folder.path() / "code" / "handler.py") << code;
        std::ofstream(termination_log()) << "";
        std::ofstream(folder.path() / "token") << std::string(32, 't');
    }
    std::filesystem::path termination_log() const { return folder.path() / "termination-log"; }
    ChildLaunch launch() const {
        std::filesystem::path const source(MILLRACE_SOURCE_DIR);
        return {
            .program = std::filesystem::path(MILLRACE_BINARY_DIR) / "millrace-runner",
            .arguments =
                {"function", "--name=f", "--runtime=python",
                 "--code=" + (folder.path() / "code").string(),
                 "--runtimes=" + (source / "services/runner/runtimes").string(),
                 "--state=" + folder.path().string(),
                 "--api-token-file=" + (folder.path() / "token").string(),
                 "--termination-log=" + termination_log().string(),
                 "--address-file=" + (folder.path() / "address.json").string()},
            .log_file = folder.path() / "log",
            .address_file = folder.path() / "address.json"};
    }

    asio::io_context io;
    TemporaryFolder folder;
};

}  // namespace

TEST_CASE("Container: code that does not load ends it, and the reason is its termination message") {
    Container const container("def handle(event)\n    pass\n");
    ChildService service(container.launch());
    service.spawn();
    std::optional<int> code;
    asio::io_context io;
    run_task(io, [](ChildService& of, std::optional<int>& into) -> Task<void> {
        into = co_await of.wait_for_end(30s);
    }(service, code));
    REQUIRE(code);
    CHECK(*code != 0);
    std::string const reason = read_file(container.termination_log(), 1 << 20).value();
    INFO(reason);
    CHECK(reason.find("SyntaxError") != std::string::npos);
    CHECK(reason.find('\n') == std::string::npos);
}

TEST_CASE("Container: a worker of Python is not asked for several events at once") {
    Container const container("def handle(event):\n    pass\n");
    ChildLaunch launch = container.launch();
    launch.arguments.emplace_back("--concurrency=4");
    ChildService service(launch);
    service.spawn();
    std::optional<int> code;
    asio::io_context io;
    run_task(io, [](ChildService& of, std::optional<int>& into) -> Task<void> {
        into = co_await of.wait_for_end(30s);
    }(service, code));
    CHECK(code == 2);
    std::string const log = read_file(launch.log_file, 1 << 20).value();
    INFO(log);
    CHECK(
        log.find("a worker of python handles one event at a time; use --workers") !=
        std::string::npos);
}

TEST_CASE("Container: code that loads makes it ready, also for a probe that has no token") {
    Container container("def handle(event):\n    pass\n");
    ChildService service(container.launch());
    run_task(container.io, service.start());
    CHECK(read_file(container.termination_log(), 1 << 20).value().empty());
}
