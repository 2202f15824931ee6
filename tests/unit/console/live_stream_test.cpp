// SPDX-License-Identifier: Apache-2.0
#include "console/live_stream.hpp"

#include "common/kube/directory/directory_store.hpp"
#include "tests/support/catch.hpp"
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

TEST_CASE("Stream: topics and filters are read, Last-Event-ID wins over since") {
    HttpRequest request;
    request.query = "topics=events,sources&type=a%26b&since=5";
    auto wish = read_stream_wish(request);
    REQUIRE(wish);
    CHECK(wish->events);
    CHECK(wish->sources);
    CHECK_FALSE(wish->functions);
    CHECK(wish->event_query == "type=a%26b&");
    CHECK(wish->since == "5");
    request.headers.add("Last-Event-ID", "9");
    CHECK(read_stream_wish(request)->since == "9");
    request.headers.set("Last-Event-ID", "9; DROP");
    CHECK(read_stream_wish(request)->since.empty());
}

TEST_CASE("Stream: without a known topic there is none") {
    HttpRequest request;
    for (auto const* query : {"", "topics=", "topics=eventsx,all"}) {
        request.query = query;
        CHECK_FALSE(read_stream_wish(request));
    }
}

TEST_CASE("Stream: a write that is cancelled leaves no task behind") {
    test::TemporaryFolder const folder;
    asio::io_context io;
    DirectoryStore store(io.get_executor(), folder.path() / "objects");
    Upstream upstream(io.get_executor(), folder.path() / "run", Secret("token"));
    std::vector<Recipe> const recipes;
    ApiContext context{io.get_executor(), store, upstream, recipes};
    int endings = 0;
    HttpAnswer answer = open_live_stream(
        context, {.sources = true}, [] { return true; }, [&endings] { ++endings; });
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
