// SPDX-License-Identifier: Apache-2.0
// The API on a real socket, with a machine that only records what is done to it.
#include "tests/integration/configurator/setup_world.hpp"

using namespace millrace;
using namespace millrace::configurator;
using namespace millrace::configurator::test;
using millrace::test::run_task;

namespace {

constexpr auto whole_form = R"({"values": {"root_password": "canary root one",
    "endpoint_password": "canary web two", "hostname": "a.example", "ntp": "192.0.2.1"}})";

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

Task<void> check_no_form(SetupWorld& world) {
    Json const status = co_await world.reach("waiting");
    CHECK_FALSE(bool_at(status, "form", true));
    CHECK_FALSE(bool_at(status, "configured", true));
    Json const form = co_await world.get("/api/v1/form");
    CHECK(form.at("groups").size() > 5);
    CHECK(form.at("values").empty());

    auto const errors =
        errors_of(co_await world.call("PUT", "/api/v1/form", R"({"values": {"hostname": "a b"}})"));
    CHECK(errors.contains("/values/hostname"));
    CHECK(errors.contains("/values/root_password"));
    CHECK(errors.contains("/values/endpoint_password"));
    co_await world.reach("waiting");
    CHECK(world.host.files.empty());

    CHECK((co_await world.call("PUT", "/api/v1/form", whole_form)).status == 204);
    Json const finished = co_await world.reach("finished");
    CHECK(bool_at(finished, "configured", false));
    CHECK(world.host.files.at("/etc/hostname") == "a.example\n");
    CHECK(world.times_sealed == 1);
    for (auto const& [method, path] : std::vector<std::pair<std::string, std::string>>{
             {"PUT", "/api/v1/form"},
             {"GET", "/api/v1/form"},
             {"POST", "/api/v1/retry"},
             {"POST", "/api/v1/code"},
             {"GET", "/api/v1/log?step=time"}})
        CHECK(problem_code(co_await world.call(method, path, whole_form), 409) == "setup.sealed");
}

Task<void> check_correction(SetupWorld& world) {
    Json status = co_await world.reach("invalid");
    CHECK(status.at("faults").size() == 2);
    CHECK_FALSE(has(dump_json(status), "1.2.3"));
    status = co_await world.get("/api/v1/status");
    CHECK(has(dump_json(status), "1.2.3"));
    Json const form = co_await world.get("/api/v1/form");
    CHECK(string_at(form, "values/ipaddress") == "1.2.3");
    CHECK(form.at("secretsSet").size() == 2);
    CHECK_FALSE(has(dump_json(form), "a root password"));
    // Partial: the passwords stay as they are.
    auto const part = R"({"values": {"ipaddress": "", "ntp": "192.0.2.53"}})";
    CHECK((co_await world.call("PUT", "/api/v1/form", part)).status == 204);
    co_await world.reach("finished");
    CHECK(std::ranges::any_of(
        world.host.inputs, [](std::string const& input) { return has(input, "a root password"); }));
}

Task<void> check_stuck(SetupWorld& world) {
    co_await world.reach("waiting");
    CHECK(problem_code(co_await world.call("POST", "/api/v1/retry"), 409) == "setup.conflict");
    CHECK((co_await world.call("PUT", "/api/v1/form", whole_form)).status == 204);
    Json const seen = co_await world.reach("stuck");
    CHECK_FALSE(has(dump_json(seen), "chpasswd failed"));
    CHECK(has(dump_json(co_await world.get("/api/v1/status")), "chpasswd failed"));
    auto const log = co_await world.call("GET", "/api/v1/log?step=passwords");
    CHECK(log.status == 200);
    CHECK(has(log.body, "$ /usr/sbin/chpasswd\n"));
    CHECK(has(log.body, "(hidden)"));
    CHECK_FALSE(has(log.body, "canary"));
    CHECK(problem_code(co_await world.call("GET", "/api/v1/log?step=nothing"), 404) == "log.none");
    world.host.failures.clear();
    CHECK((co_await world.call("POST", "/api/v1/retry")).status == 204);
    CHECK(problem_code(co_await world.call("POST", "/api/v1/retry"), 409) == "setup.conflict");
    co_await world.reach("finished");
}

/// Between two attempts of a step another form is taken at once.
Task<void> check_change_of_mind(SetupWorld& world) {
    co_await world.reach("waiting");
    CHECK((co_await world.call("PUT", "/api/v1/form", whole_form)).status == 204);
    while (!has(dump_json(co_await world.get("/api/v1/status")), "chpasswd failed"))
        co_await sleep_for(10ms);
    auto const other = R"({"values": {"hostname": "b.example"}})";
    auto const begin = steady_now();
    CHECK((co_await world.call("PUT", "/api/v1/form", other)).status == 204);
    CHECK(steady_now() - begin < ConfigurationMachine::first_pause / 2);
    co_await world.reach("finished");
    CHECK(world.host.files.at("/etc/hostname") == "b.example\n");
}

Task<void> check_code(SetupWorld& world) {
    co_await world.reach("waiting");
    for (auto const& [method, path] : std::vector<std::pair<std::string, std::string>>{
             {"PUT", "/api/v1/form"},
             {"GET", "/api/v1/form"},
             {"POST", "/api/v1/retry"},
             {"POST", "/api/v1/code"},
             {"GET", "/api/v1/log?step=time"}}) {
        INFO(method << " " << path);
        auto const refused = co_await world.call(method, path, whole_form, "");
        CHECK(problem_code(refused, 401) == "setupCode.required");
    }
    CHECK((co_await world.call("POST", "/api/v1/code", "", "k7qm3rtx")).status == 204);
    for (int round = 0; round < 5; ++round) {
        auto const refused = co_await world.call("PUT", "/api/v1/form", whole_form, "AAAA-AAAA");
        CHECK(problem_code(refused, 401) == "setupCode.wrong");
    }
    auto const waits = co_await world.call("GET", "/api/v1/status");
    CHECK(problem_code(waits, 429) == "setupCode.throttled");
    CHECK(waits.headers.get("retry-after") == "1");
    CHECK((co_await world.call("GET", "/api/v1/status", "", "")).status == 200);
    CHECK(world.host.files.empty());
}

Task<void> check_requests(SetupWorld& world) {
    co_await world.reach("waiting");
    CHECK(problem_code(co_await world.call("GET", "/"), 404) == "notFound");
    CHECK(problem_code(co_await world.call("GET", "/api/v2/status"), 404) == "notFound");
    auto const method = co_await world.call("DELETE", "/api/v1/form");
    CHECK(problem_code(method, 405) == "request.method");
    CHECK(method.headers.get("allow") == "GET, HEAD, PUT");
    for (auto const* body : {"", "{", "\xff"}) {
        auto const malformed = co_await world.call("PUT", "/api/v1/form", body);
        CHECK(problem_code(malformed, 400) == "request.malformed");
    }
    for (auto const* body : {"7", "[]", "{}", R"({"values": 1})", R"({"values": {"x": "y"}})"})
        CHECK_FALSE(errors_of(co_await world.call("PUT", "/api/v1/form", body)).empty());
    auto const large = co_await world.call("PUT", "/api/v1/form", std::string(2 << 20, ' '));
    CHECK(large.status == 413);
}

Task<void> reach(SetupWorld& world, std::string state) {
    co_await world.reach(std::move(state));
}

Task<void> correct(SetupWorld& world) {
    co_await world.reach("invalid");
    world.host.failures["run /usr/sbin/chpasswd"] = 1'000;
    auto const part = R"({"values": {"ipaddress": ""}})";
    CHECK((co_await world.call("PUT", "/api/v1/form", part)).status == 204);
    co_await world.reach("running");
}

}  // namespace

TEST_CASE("setup API: a VM without a form is given one; all faults first, then it is followed") {
    SetupWorld world;
    run_task(world.io, check_no_form(world));
}

TEST_CASE("setup API: a form with faults is corrected by its wrong values alone") {
    SetupWorld world(with(with(least_form(), "ipaddress", "1.2.3"), "ntp", "a b/c"));
    run_task(world.io, check_correction(world));
}

TEST_CASE("setup API: a stuck step with what its program said is begun again when asked") {
    SetupWorld world;
    world.host.failures["run /usr/sbin/chpasswd"] = 1'000;
    run_task(world.io, check_stuck(world));
}

TEST_CASE("setup API: another form is taken while one is followed") {
    SetupWorld world;
    world.host.failures["run /usr/sbin/chpasswd"] = 1;
    run_task(world.io, check_change_of_mind(world));
}

TEST_CASE("setup API: nothing is shown or changed without the code, and guessing is slow") {
    SetupWorld world;
    run_task(world.io, check_code(world));
}

TEST_CASE("setup API: what it does not know is refused") {
    SetupWorld world;
    run_task(world.io, check_requests(world));
}

TEST_CASE("setup API: a correction outlives a restart, though the VM gives the wrong form again") {
    SetupWorld world(with(least_form(), "ipaddress", "1.2.3"));
    run_task(world.io, correct(world));
    world.stop();
    world.host.failures.clear();
    world.start();
    run_task(world.io, reach(world, "finished"));
    world.stop();
    world.start();
    run_task(world.io, reach(world, "finished"));
    CHECK(world.times_sealed == 1);
}

TEST_CASE(
    "setup: a copy follows the form that it is given, once; without the mark nothing changes") {
    SetupWorld world(with(least_form(), "hostname", "origin.example"));
    auto const starts_with_name = [&](std::string const& name) {
        world.stop();
        world.write_environment(with(least_form(), "hostname", name));
        world.start();
        run_task(world.io, reach(world, "finished"));
        return world.host.files.at("/etc/hostname");
    };
    run_task(world.io, reach(world, "finished"));
    CHECK(starts_with_name("other.example") == "origin.example\n");
    REQUIRE(write_file_atomic(world.copy_mark(), "", 0600));
    // One with a fault waits for the next start.
    CHECK(starts_with_name("not a name") == "origin.example\n");
    CHECK(std::filesystem::exists(world.copy_mark()));
    CHECK(starts_with_name("copy.example") == "copy.example\n");
    CHECK_FALSE(std::filesystem::exists(world.copy_mark()));
    CHECK(starts_with_name("third.example") == "copy.example\n");
    CHECK(world.times_sealed == 1);
}
