// SPDX-License-Identifier: Apache-2.0
// What the console of a configured appliance passes on to the configurator, and for whom.
#include "common/net/http_server.hpp"
#include "tests/integration/console/console_world.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/raw_exchange.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

/// A configurator that says that the appliance is configured and keeps what else it is asked.
class RecordingConfigurator {
public:
    RecordingConfigurator(asio::io_context& io, std::string socket)
        : server_(io.get_executor(), at(std::move(socket)), [this](HttpRequest& request) {
              return answer(request);
          }) {
        server_.start();
    }
    Task<void> stop() { co_await server_.stop(1s); }

    std::vector<HttpRequest> requests;  ///< but those for the status

private:
    static HttpServerOptions at(std::string socket) {
        HttpServerOptions options;
        options.unix_socket = UnixSocket{.path = std::move(socket)};
        return options;
    }
    Task<HttpAnswer> answer(HttpRequest const& request) {
        HttpAnswer answer;
        answer.headers.add("Content-Type", "application/json");
        if (request.path == "/api/v1/status") {
            answer.body = R"({"configured": true})";
            co_return answer;
        }
        requests.push_back(request);
        answer.status = request.method == "PUT" ? 409 : 200;
        answer.body = R"({"values": {}})";
        co_return answer;
    }

    HttpServer server_;
};

/// The console of a configured appliance.
struct ApplianceWorld {
    TemporaryFolder folder;
    std::string socket = (folder.path() / "socket").string();
    ConsoleWorld console{{"--configurator=" + socket}};
    RecordingConfigurator configurator{console.io, socket};
};

/// What was asked last, in one line.
std::string asked(RecordingConfigurator const& configurator) {
    if (configurator.requests.empty())
        return {};
    HttpRequest const& last = configurator.requests.back();
    return last.method + " " + last.path + (last.query.empty() ? "" : "?" + last.query) +
           (last.body.empty() ? "" : " " + last.body);
}

std::uint16_t port_of(std::string const& address) {
    auto const url = parse_url(address);
    REQUIRE(url);
    return static_cast<std::uint16_t>(std::stoi(url->port));
}

Task<void> check_passed_on(ApplianceWorld& appliance) {
    auto& [folder, socket, world, configurator] = appliance;
    co_await world.sign_in();
    CHECK(bool_at(json_of(co_await world.get("/api/v1/session")), "appliance", false));
    auto const seen = co_await world.get("/api/v1/appliance/system?a=b");
    CHECK(seen.status == 200);
    CHECK(seen.body == R"({"values": {}})");
    CHECK(seen.headers.get("content-type") == "application/json");
    CHECK(seen.headers.get("cache-control") == "no-store");
    check_security_headers(seen);
    CHECK(asked(configurator) == "GET /api/v1/system?a=b");
    auto const put = co_await world.call("PUT", "/api/v1/appliance/system", R"({"values": {}})");
    CHECK(put.status == 409);
    CHECK(asked(configurator) == R"(PUT /api/v1/system {"values": {}})");
    CHECK(configurator.requests.back().headers.get("content-type") == "application/json");
    CHECK((co_await world.call("POST", "/api/v1/appliance/system/confirm", "")).status == 200);
    CHECK(asked(configurator) == "POST /api/v1/system/confirm");
    for (HttpRequest const& request : configurator.requests)
        CHECK(request.headers.get("cookie").empty());
    co_await configurator.stop();
    auto const silent = co_await world.get("/api/v1/appliance/system");
    CHECK(problem_code(silent, 503) == "service.unavailable");
}

Task<void> check_refused(ApplianceWorld& appliance) {
    auto& [folder, socket, world, configurator] = appliance;
    co_await world.sign_in();
    std::string const cookie = std::exchange(world.cookie, "");
    for (std::string const path : {"system", "system/confirm", "form"}) {
        auto const answer = co_await world.get("/api/v1/appliance/" + path);
        CHECK(problem_code(answer, 401) == "session.required");
    }
    auto const power =
        co_await world.call("POST", "/api/v1/appliance/system/power", R"({"action": "shutDown"})");
    CHECK(problem_code(power, 401) == "session.required");
    world.cookie = cookie;
    HttpRequest other_site = world.request("POST");
    other_site.headers.set("Origin", "https://other.example.com");
    auto const crossed =
        co_await world.send("/api/v1/appliance/system/undo", std::move(other_site));
    CHECK(problem_code(crossed, 403) == "request.crossSite");
    // The client writes the Host itself.
    auto const other_name = co_await exchange_raw(
        port_of(world.console.url()),
        "GET /api/v1/appliance/system HTTP/1.1\r\nHost: other.example.com\r\nCookie: " + cookie +
            "\r\nConnection: close\r\n\r\n");
    CHECK(other_name.starts_with("HTTP/1.1 421 "));
    for (std::string const path : {"form", "status", "log?step=network", "systems", "", "x/system"})
        CHECK(problem_code(co_await world.get("/api/v1/appliance/" + path), 404) == "notFound");
    CHECK(asked(configurator).empty());
    co_await configurator.stop();
}

Task<void> check_none(ConsoleWorld& world) {
    co_await world.sign_in();
    CHECK_FALSE(bool_at(json_of(co_await world.get("/api/v1/session")), "appliance", true));
    CHECK(problem_code(co_await world.get("/api/v1/appliance/system"), 404) == "appliance.none");
}

}  // namespace

TEST_CASE("Appliance: who has signed in gets the configurator's answers about the system") {
    ApplianceWorld appliance;
    run_task(appliance.console.io, check_passed_on(appliance));
}

TEST_CASE("Appliance: nothing reaches the configurator without a session, or beside its system") {
    ApplianceWorld appliance;
    run_task(appliance.console.io, check_refused(appliance));
}

TEST_CASE("Appliance: without a configurator there is no system to change") {
    ConsoleWorld world;
    run_task(world.io, check_none(world));
}
