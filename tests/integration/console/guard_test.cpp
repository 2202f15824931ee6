// SPDX-License-Identifier: Apache-2.0
#include "common/base/file.hpp"
#include "tests/integration/console/console_world.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr char const* wish = R"({"name":"x","recipe":"echo","triggers":[],"env":{},"secrets":{}})";

Task<int> status_with(ConsoleWorld& world, std::string header, std::string value) {
    HttpRequest request = world.request("POST", wish);
    request.headers.remove(header);
    if (!value.empty())
        request.headers.add(header, value);
    auto const answer = co_await world.send("/api/v1/functions", std::move(request));
    problem_code(answer, answer.status);
    co_return answer.status;
}

Task<void> check_cross_site(ConsoleWorld& world) {
    co_await world.sign_in();
    CHECK(co_await status_with(world, "accept", "") == 422);
    CHECK(co_await status_with(world, "x-requested-with", "") == 403);
    CHECK(co_await status_with(world, "origin", "") == 403);
    CHECK(co_await status_with(world, "origin", "https://evil.example") == 403);
    CHECK(co_await status_with(world, "sec-fetch-site", "cross-site") == 403);
    CHECK(co_await status_with(world, "sec-fetch-site", "same-origin") == 422);
    CHECK(co_await status_with(world, "content-type", "text/plain") == 415);
    CHECK(co_await status_with(world, "content-type", "application/x-www-form-urlencoded") == 415);
}

Task<void> check_routes(ConsoleWorld& world) {
    co_await world.sign_in();
    for (std::string const path :
         {"", "function", "functions/", "functions/x/y", "functions//files", "functions/x/logs/y",
          "datacentre/actions/x", "session/x", "../v1/functions", "%2e%2e/functions"}) {
        INFO(path);
        CHECK(problem_code(co_await world.get("/api/v1/" + path), 404) == "notFound");
    }
    CHECK(problem_code(co_await world.get("/api/v2/functions"), 404) == "notFound");
    for (auto const& [method, path, allow] : std::vector<std::array<std::string, 3>>{
             {"PUT", "functions", "GET, HEAD, POST"},
             {"POST", "functions/x", "GET, HEAD, DELETE"},
             {"DELETE", "overview", "GET, HEAD"},
             {"GET", "datacentre/actions", "POST"},
             {"PATCH", "session", "GET, HEAD, POST, DELETE"}}) {
        auto const answer = co_await world.call(method, "/api/v1/" + path, "");
        CHECK(problem_code(answer, 405) == "request.method");
        CHECK(answer.headers.get("allow") == allow);
    }
    HttpRequest head = world.request("HEAD");
    auto const answer = co_await world.send("/api/v1/functions", std::move(head));
    CHECK(answer.status == 200);
    CHECK(answer.headers.get("content-type") == "application/json");
    CHECK(answer.body.empty());
}

Task<void> check_bodies(ConsoleWorld& world) {
    co_await world.sign_in();
    std::string const path = "/api/v1/functions";
    for (std::string const body : {"{", "[1,]", "\"\xFF\"", "{} {}"}) {
        INFO(body);
        CHECK(problem_code(co_await world.call("POST", path, body), 400) == "request.malformed");
    }
    std::string const deep(100'000, '[');
    CHECK(problem_code(co_await world.call("POST", path, deep), 400) == "request.malformed");
    for (std::string const body : {"null", "[]", "7", "{}", R"({"name":{},"triggers":{}})"}) {
        INFO(body);
        CHECK(problem_code(co_await world.call("POST", path, body), 422) == "function.invalid");
    }
    std::string const large(3 << 20, ' ');
    auto const refused = co_await world.call("POST", path, large);
    CHECK(problem_code(refused, 413) == "request.tooLarge");
    HttpRequest heavy = world.request("GET");
    heavy.headers.add("X-Filler", std::string(70'000, 'x'));
    auto const too_heavy = co_await world.send(path, std::move(heavy));
    CHECK(problem_code(too_heavy, 431) == "request.tooLarge");
    CHECK((co_await world.get(path)).status == 200);
}

Task<void> check_headers(ConsoleWorld& world) {
    co_await world.console.start();
    for (std::string const path :
         {"/", "/functions/echo", "/assets/app.js", "/assets/none.js", "/healthz", "/readyz",
          "/metrics", "/status", "/api/v1/openapi.json", "/api/v1/functions", "/api/v1/session"}) {
        INFO(path);
        auto const answer = co_await world.get(path);
        check_security_headers(answer);
        bool const is_asset = path == "/assets/app.js";
        CHECK(answer.headers.contains("cache-control") == !path.ends_with('z'));
        CHECK(
            (answer.headers.get("cache-control").find("immutable") != std::string_view::npos) ==
            is_asset);
    }
    for (std::string const path : {"/metrics", "/status"})
        CHECK((co_await world.get(path)).status == 401);
}

/// What must never be told: the token beside the web folder.
Task<void> check_traversal(ConsoleWorld& world) {
    co_await world.sign_in();
    auto const token = read_file(world.folder.path() / "run/token", 100);
    REQUIRE(token);
    for (std::string const path :
         {"/../run/token", "/..%2frun%2ftoken", "/%2e%2e/run/token", "/assets/../../run/token",
          "/assets/..%2f..%2frun/token", "//run/token", "/assets/%00", "/..\\run\\token",
          "/api/v1/functions/..%2f..%2frun%2ftoken", "/api/v1/recipes/..%2f..%2f..%2frun",
          "/api/v1/functions/..%2f..%2fsecrets%2fdefault%2fx/files", "/api/v1/functions/x%00/logs",
          "/api/v1/events/..%2f..%2fstatus"}) {
        INFO(path);
        auto const answer = co_await world.get(path);
        bool const is_page = answer.status == 200 && answer.body == "<title>console</title>";
        CHECK((is_page || answer.status == 404 || answer.status == 400));
        CHECK(answer.body.find(*token) == std::string::npos);
    }
}

}  // namespace

TEST_CASE("Guard: a change that may come from another site, or is no JSON, is refused") {
    ConsoleWorld world;
    run_task(world.io, check_cross_site(world));
}

TEST_CASE("Guard: what the document does not have is 404, another method 405 with Allow") {
    ConsoleWorld world;
    run_task(world.io, check_routes(world));
}

TEST_CASE("Guard: bodies that are broken, too deep, too large or of another shape are refused") {
    ConsoleWorld world;
    run_task(world.io, check_bodies(world));
}

TEST_CASE("Guard: every answer has the security headers, whoever gives it") {
    ConsoleWorld world;
    run_task(world.io, check_headers(world));
}

TEST_CASE("Guard: no path leads out of the web folder or the store") {
    ConsoleWorld world;
    run_task(world.io, check_traversal(world));
}
