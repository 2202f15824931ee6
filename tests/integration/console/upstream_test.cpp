// SPDX-License-Identifier: Apache-2.0
#include "common/service/restart_record.hpp"
#include "tests/integration/console/console_world.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr char const* echo_wish =
    R"({"name":"echo","recipe":"echo","triggers":[{"types":["a"],"attributes":[]},)"
    R"({"types":["b"],"attributes":[]}],"env":{"A":"1"},"secrets":{"KEY":"s3cret-value"}})";

/// What the overview says of a service.
Task<Json> service_of(ConsoleWorld& world, std::string service) {
    Json const overview = json_of(co_await world.get("/api/v1/overview"));
    for (Json const& one : overview["services"])
        if (string_at(one, "name") == service)
            co_return one;
    co_return Json();
}

Task<std::string> state_of(ConsoleWorld& world, std::string service) {
    co_return string_at(co_await service_of(world, std::move(service)), "state");
}

void check_unavailable(HttpResponse const& answer, std::string const& service) {
    CHECK(problem_code(answer, 503) == "service.unavailable");
    CHECK(answer.headers.contains("retry-after"));
    std::string const detail = string_at(json_of(answer), "detail");
    INFO(detail);
    CHECK(detail.find("The " + service + " does not") == 0);
    CHECK(detail.find("started again by itself") != std::string::npos);
}

Task<void> check_down(ConsoleWorld& world) {
    co_await world.put(kinds::broker, "default", "{}");
    co_await world.sign_in();
    check_unavailable(co_await world.get("/api/v1/events"), "broker");
    check_unavailable(co_await world.get("/api/v1/events/1"), "broker");
    check_unavailable(co_await world.get("/api/v1/event-types"), "broker");
    REQUIRE((co_await world.call("POST", "/api/v1/functions", echo_wish)).status == 201);
    check_unavailable(co_await world.get("/api/v1/functions/echo/logs"), "runner");
    check_unavailable(co_await world.get("/api/v1/functions/echo/logs/stream"), "runner");
    check_unavailable(co_await world.get("/api/v1/functions/echo/revisions"), "runner");
    CHECK(co_await state_of(world, "broker") == "down");
    CHECK(co_await state_of(world, "console") == "up");
    Json const function = json_of(co_await world.get("/api/v1/functions/echo"));
    CHECK(string_at(function, "state") == "Error");
    CHECK(string_at(function, "cause").find("runner does not run") != std::string::npos);
    co_await world.broker.start();
    co_await world.runner.start();
    CHECK((co_await world.get("/api/v1/events")).status == 200);
    CHECK(co_await state_of(world, "broker") == "up");
    // Its address file is still there, but nobody listens.
    world.broker.kill_hard();
    check_unavailable(co_await world.get("/api/v1/events"), "broker");
}

Task<void> check_restarts(ConsoleWorld& world) {
    co_await world.sign_in();
    CHECK((co_await service_of(world, "broker"))["restarts"].is_null());
    auto const run = world.folder.path() / "run";
    auto const last = *parse_rfc3339("2026-03-04T10:15:30Z");
    REQUIRE(write_restart_record(run, {{"broker", {2, last}}, {"console", {}}}));
    Json const broker = co_await service_of(world, "broker");
    CHECK(integer_at(broker, "restarts/count") == 2);
    CHECK(parse_rfc3339(string_at(broker, "restarts/lastAt")) == last);
    Json const console = co_await service_of(world, "console");
    CHECK(integer_at(console, "restarts/count") == 0);
    CHECK(console["restarts"]["lastAt"].is_null());
    // One that is not kept running by the same hand.
    CHECK((co_await service_of(world, "router"))["restarts"].is_null());
}

Task<void> check_simulator_down(ConsoleWorld& world) {
    Resource source;
    source.object["apiVersion"] = kinds::vsphere_source.api_version();
    source.object["kind"] = kinds::vsphere_source.kind;
    source.object["metadata"] = {
        {"name", "simulator"},
        {"namespace", "default"},
        {"annotations", {{"millrace.dev/simulated", "true"}}}};
    source.object["spec"]["address"] = "https://127.0.0.1:1/sdk";
    auto const applied = co_await world.store.apply(kinds::vsphere_source, std::move(source));
    REQUIRE(applied);
    co_await world.sign_in();
    check_unavailable(co_await world.get("/api/v1/datacentre"), "simulator");
    check_unavailable(
        co_await world.call(
            "POST", "/api/v1/datacentre/actions", R"({"action":"powerOn","target":"vm-57"})"),
        "simulator");
    // A recipe can be read all the same, with nothing filled in.
    Json const recipe = json_of(co_await world.get("/api/v1/recipes/host-maintenance"));
    for (Json const& field : recipe["secrets"])
        CHECK(string_at(field, "default", "?").empty());
}

Task<std::vector<std::string>> trigger_names(ConsoleWorld& world, std::string function) {
    std::vector<std::string> names;
    Json const list = json_of(co_await world.get("/api/v1/functions/" + function + "/triggers"));
    for (Json const& one : list["items"])
        names.push_back(string_at(one, "name"));
    co_return names;
}

/// Every file below objects/ that names the function.
std::vector<std::string> objects_of(ConsoleWorld const& world, std::string const& function) {
    std::vector<std::string> files;
    for (auto const& entry :
         std::filesystem::recursive_directory_iterator(world.folder.path() / "objects"))
        if (entry.is_regular_file() && entry.path().filename().string().starts_with(function))
            files.push_back(entry.path().string());
    return files;
}

Task<void> check_objects(ConsoleWorld& world) {
    co_await world.sign_in();
    REQUIRE((co_await world.call("POST", "/api/v1/functions", echo_wish)).status == 201);
    std::string second = echo_wish;
    second.replace(second.find("echo"), 4, "echo-2");
    REQUIRE((co_await world.call("POST", "/api/v1/functions", second)).status == 201);
    using Names = std::vector<std::string>;
    CHECK(co_await trigger_names(world, "echo") == Names{"echo", "echo-2"});
    CHECK(co_await trigger_names(world, "echo-2") == Names{"echo-2-2", "echo-2-3"});
    auto const secret = world.folder.path() / "objects/secrets/default/echo-secret.yaml";
    auto const mode = std::filesystem::status(secret).permissions();
    CHECK((mode & std::filesystem::perms(077)) == std::filesystem::perms::none);
    auto const list = co_await world.get("/api/v1/functions/echo/secrets");
    CHECK(list.body == R"({"items":[{"key":"KEY"}]})");
    CHECK((co_await world.call("DELETE", "/api/v1/functions/echo-2", "")).status == 204);
    CHECK(objects_of(world, "echo-2").size() == 1);
    CHECK((co_await world.call("DELETE", "/api/v1/functions/echo", "")).status == 204);
    CHECK(objects_of(world, "echo").empty());
}

}  // namespace

TEST_CASE("Upstream: a service that is down is named with the remedy, and found when it is back") {
    ConsoleWorld world;
    run_task(world.io, check_down(world));
}

TEST_CASE("Overview: it says how often each service was restarted, where that is noted") {
    ConsoleWorld world;
    run_task(world.io, check_restarts(world));
}

TEST_CASE("Upstream: without the simulator its page says so and recipes are still offered") {
    ConsoleWorld world;
    run_task(world.io, check_simulator_down(world));
}

TEST_CASE("Functions: their objects never take another's place, and go with them") {
    ConsoleWorld world;
    run_task(world.io, check_objects(world));
}
