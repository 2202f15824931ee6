// SPDX-License-Identifier: Apache-2.0
#include "console/feed/change_feed.hpp"

#include "common/kube/directory/directory_store.hpp"
#include "console/host/runner_host.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::console;

namespace {

/// A connection whose end is noticed in the middle of a write, as when the peer leaves under load.
class EndingWriter final : public BodyWriter {
public:
    Task<Result<void>> write(std::string_view) override {
        throw boost::system::system_error(asio::error::operation_aborted);
        co_return Result<void>();
    }
    void abandon() override {}
};

}  // namespace

TEST_CASE("Change feed: a write that is cancelled leaves no task behind") {
    test::TemporaryFolder const folder;
    asio::io_context io;
    DirectoryStore store(io.get_executor(), folder.path() / "objects");
    Upstream upstream(io.get_executor(), {.run_folder = folder.path() / "run"}, Secret("token"));
    RunnerHost host(upstream, "default");
    std::vector<Recipe> const recipes;
    ApiContext context{io.get_executor(),   store, upstream, host, recipes, "default",
                       "dev.local/millrace"};
    ChangeFeed feed(context);
    int endings = 0;
    HttpAnswer answer =
        feed.open({.sources = true}, [] { return true; }, [&endings] { ++endings; });
    EndingWriter writer;
    std::exception_ptr failure;
    asio::co_spawn(io, answer.stream(writer), [&failure, &io](std::exception_ptr thrown) {
        failure = thrown;
        io.stop();
    });
    io.run();
    CHECK_THROWS_AS(std::rethrow_exception(failure), boost::system::system_error);
    // Nothing is left that would go on: no task that waits for its next look.
    io.restart();
    io.poll();
    CHECK(io.stopped());
    answer.stream = nullptr;
    CHECK(endings == 1);
}

TEST_CASE("Change feed: it stops") {
    test::TemporaryFolder const folder;
    asio::io_context io;
    DirectoryStore store(io.get_executor(), folder.path() / "objects");
    Upstream upstream(io.get_executor(), {.run_folder = folder.path() / "run"}, Secret("token"));
    RunnerHost host(upstream, "default");
    std::vector<Recipe> const recipes;
    ApiContext context{io.get_executor(),   store, upstream, host, recipes, "default",
                       "dev.local/millrace"};
    ChangeFeed feed(context);
    TaskGroup tasks(io.get_executor());
    tasks.spawn("feed", feed.run());
    test::run_task(io, tasks.stop());
    CHECK(tasks.size() == 0);
}
