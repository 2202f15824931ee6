// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "common/net/http_client.hpp"
#include "common/net/http_server.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

Task<HttpAnswer> tell(HttpRequest& request) {
    co_return text_answer(200, request.method + " " + request.path + " " + request.peer);
}

HttpServerOptions at(std::string path) {
    HttpServerOptions options;
    options.unix_socket = UnixSocket{std::move(path), ::getgid()};
    return options;
}

HttpClient client_of(asio::io_context& io, std::string path) {
    HttpClientOptions options;
    options.unix_socket = std::move(path);
    return {io.get_executor(), std::move(options)};
}

Task<Result<HttpResponse>> ask(HttpClient& client) {
    HttpRequest request;
    request.method = "PUT";
    auto const url = parse_url("http://configurator/a");
    REQUIRE(url);
    co_return co_await client.send(*url, request, 5s);
}

Task<void> check_answers(HttpServer& server, HttpClient& client, std::string path) {
    for (int round = 0; round < 2; ++round) {
        auto const answer = co_await ask(client);
        REQUIRE(answer);
        CHECK(answer->body == "PUT /a unix");
    }
    CHECK(server.url() == "unix:" + path);
    co_await server.stop(1s);
    CHECK_FALSE(std::filesystem::exists(path));
}

Task<void> check_refusal(HttpClient& client, std::string part, ErrorCode code) {
    auto const answer = co_await ask(client);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == code);
    INFO(answer.error().detail);
    CHECK(answer.error().detail.find(part) != std::string::npos);
}

}  // namespace

TEST_CASE("unix socket: answers those who may open the file, and leaves none behind") {
    TemporaryFolder const folder;
    std::string const path = (folder.path() / "socket").string();
    asio::io_context io;
    HttpServer server(io.get_executor(), at(path), tell);
    server.start();
    struct stat status{};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0660);
    CHECK(status.st_gid == ::getgid());
    auto client = client_of(io, path);
    run_task(io, check_answers(server, client, path));
}

TEST_CASE("unix socket: one that a killed process has left is replaced, another file is not") {
    TemporaryFolder const folder;
    std::string const path = (folder.path() / "socket").string();
    asio::io_context io;
    auto const left = std::make_unique<HttpServer>(io.get_executor(), at(path), tell);
    CHECK_NOTHROW(HttpServer(io.get_executor(), at(path), tell));
    std::string const file = (folder.path() / "file").string();
    std::filesystem::create_directory(file);
    CHECK_THROWS_AS(HttpServer(io.get_executor(), at(file), tell), StartupError);
    CHECK(std::filesystem::is_directory(file));
}

TEST_CASE("unix socket: what cannot be reached is told by its path") {
    TemporaryFolder const folder;
    asio::io_context io;
    std::string const none = (folder.path() / "none").string();
    auto client = client_of(io, none);
    run_task(io, check_refusal(client, none, ErrorCode::unavailable));
    auto long_one = client_of(io, std::string(200, 'x'));
    run_task(io, check_refusal(long_one, "too long", ErrorCode::invalid));
    CHECK_THROWS_AS(HttpServer(io.get_executor(), at(std::string(200, 'x')), tell), StartupError);
}
