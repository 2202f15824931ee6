// SPDX-License-Identifier: Apache-2.0
#include "common/net/post_lane.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/scripted_server.hpp"

using namespace millrace;
using test::run_task;
using test::ScriptedServer;

namespace {

constexpr std::string_view request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
std::string const accepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";

/// What a lane makes of each of these answers, one after the other, and over how many connections.
struct Exchanges {
    std::vector<Result<PostLane::Answer>> answers;
    std::size_t connections = 0;
};

Exchanges post_each(std::vector<std::string> const& script, nanoseconds limit = 20s) {
    asio::io_context io;
    ScriptedServer server(io, script);
    PostLane lane(io.get_executor(), server.url(), nullptr);
    Exchanges exchanges;
    run_task(
        io,
        [](PostLane& by, ScriptedServer& of, std::size_t posts, nanoseconds in,
           Exchanges& to) -> Task<void> {
            for (std::size_t i = 0; i < posts; ++i)
                to.answers.push_back(co_await by.post(request, in));
            to.connections = of.connections();
            co_await of.stop();
        }(lane, server, script.size(), limit, exchanges));
    return exchanges;
}

ErrorCode error_of(std::string const& answer, nanoseconds limit = 20s) {
    auto const got = post_each({answer}, limit).answers.front();
    REQUIRE_FALSE(got);
    return got.error().code;
}

}  // namespace

TEST_CASE("Post lane: requests go over one connection, each with its own answer") {
    auto const [answers, connections] = post_each(
        {accepted, "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nbusy",
         accepted});
    CHECK(connections == 1);
    CHECK(answers[0]->status == 202);
    CHECK(answers[1]->status == 503);
    CHECK(answers[1]->retry_after == "7");
    CHECK(answers[1]->body == "busy");
    CHECK(answers[2]->status == 202);
}

TEST_CASE("Post lane: interim answers come before the one that counts") {
    auto const exchanges = post_each({"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + accepted});
    CHECK(exchanges.answers[0]->status == 202);
}

TEST_CASE("Post lane: after an answer that ends its connection the next has another") {
    for (std::string const& last :
         {std::string("HTTP/1.1 202 Accepted\r\nConnection: x, close\r\nContent-Length: 0\r\n\r\n"),
          std::string("HTTP/1.0 202 Accepted\r\nContent-Length: 0\r\n\r\n"),
          std::string("HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
          accepted + "HTTP/1.1 500 Not asked for\r\n"}) {
        auto const [answers, connections] = post_each({last, accepted});
        INFO(last);
        REQUIRE(answers[1]);
        CHECK(answers[1]->status == 202);
        CHECK(connections == 2);
    }
}

TEST_CASE("Post lane: of a long answer the first KiB is kept, and one over 64 KiB is refused") {
    auto const answer_of = [](std::size_t bytes) {
        return "HTTP/1.1 400 Bad\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n" +
               std::string(bytes, 'x');
    };
    auto const [answers, connections] = post_each({answer_of(60'000), accepted});
    CHECK(answers[0]->body == std::string(1024, 'x'));
    CHECK(connections == 1);
    CHECK(error_of(answer_of(70'000)) == ErrorCode::too_large);
    CHECK(error_of("HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x')) == ErrorCode::too_large);
}

TEST_CASE("Post lane: what is not HTTP/1.1 ends the connection as that") {
    CHECK(error_of("SSH-2.0-OpenSSH_9.2\r\n\r\n") == ErrorCode::invalid);
    CHECK(
        error_of("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx") ==
        ErrorCode::invalid);
}

TEST_CASE(
    "Post lane: an answer that does not come in time is late, and the next has no part of it") {
    auto const [answers, connections] =
        post_each({"HTTP/1.1 202 Accepted\r\nContent-Le", accepted}, 200ms);
    REQUIRE_FALSE(answers[0]);
    CHECK(answers[0].error().code == ErrorCode::timed_out);
    REQUIRE(answers[1]);
    CHECK(answers[1]->status == 202);
    CHECK(connections == 2);
}

TEST_CASE("Post lane: a kept connection that the server ended meanwhile is replaced, once") {
    auto const replaced = post_each({accepted, "", accepted});
    CHECK(replaced.answers[1]->status == 202);
    auto const refused = post_each({"", accepted});
    // On a new connection nobody can tell whether the request was read: the caller decides.
    REQUIRE_FALSE(refused.answers[0]);
    CHECK(refused.answers[0].error().code == ErrorCode::closed);
}

TEST_CASE("Post lane: where nobody listens that is told with the address") {
    asio::io_context io;
    PostLane lane(io.get_executor(), parse_url("http://127.0.0.1:1/").value(), nullptr);
    run_task(io, [](PostLane& by) -> Task<void> {
        auto const got = co_await by.post(request, 20s);
        REQUIRE_FALSE(got);
        CHECK(got.error().code == ErrorCode::unavailable);
        CHECK(got.error().detail.find("127.0.0.1:1") != std::string::npos);
    }(lane));
}
