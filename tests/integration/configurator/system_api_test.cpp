// SPDX-License-Identifier: Apache-2.0
// Changes of a configured appliance over the real socket, with a machine that only records what is
// done to it.
#include "common/net/certificate.hpp"
#include "configurator/steps/steps.hpp"
#include "tests/integration/configurator/setup_world.hpp"
#include "tests/support/child_service.hpp"

using namespace millrace;
using namespace millrace::configurator;
using namespace millrace::configurator::test;
using millrace::test::run_task;

namespace {

constexpr auto network_path = "/etc/systemd/network/10-millrace.network";
constexpr auto other_address = R"({"values": {"ipaddress": "192.0.2.30"}})";
constexpr auto reload = "run /usr/bin/networkctl reload";

PropertyTexts whole_form() {
    return with(
        with(with(least_form(), "ipaddress", "192.0.2.20"), "gateway", "192.0.2.1"), "hostname",
        "a.example");
}

Task<Json> system_of(SetupWorld& world) {
    co_return co_await world.get("/api/v1/system");
}

/// Until the boot is over, and no change is under way.
Task<Json> settled(SetupWorld& world) {
    co_await world.reach("finished");
    for (auto const until = steady_now() + 60s;;) {
        auto const answer = co_await world.call("GET", "/api/v1/system");
        auto system = parse_json(answer.body);
        REQUIRE(system);
        if (answer.status == 200 && !system->contains("trial"))
            co_return std::move(*system);
        if (steady_now() > until)
            FAIL("It does not settle: " << answer.body);
        co_await sleep_for(10ms);
    }
}

Task<void> reach_trial(SetupWorld& world) {
    for (auto const until = steady_now() + 60s;;) {
        Json const system = co_await system_of(world);
        if (string_at(system, "trial/state") == "onTrial")
            co_return;
        if (steady_now() > until)
            FAIL("It is not on trial: " << system.dump());
        co_await sleep_for(10ms);
    }
}

bool has_address(SetupWorld const& world, std::string_view address) {
    return world.host.files.at(network_path).find(address) != std::string::npos;
}

Task<void> begin_change(SetupWorld& world, std::string body) {
    auto const answer = co_await world.call("PUT", "/api/v1/system", std::move(body));
    INFO(answer.body);
    CHECK(answer.status == 202);
    co_await reach_trial(world);
}

Task<void> check_kept(SetupWorld& world) {
    Json system = co_await settled(world);
    CHECK(string_at(system, "values/ipaddress") == "192.0.2.20");
    CHECK_FALSE(system.contains("last"));
    CHECK(system.at("groups").size() == 4);
    co_await begin_change(world, other_address);
    system = co_await system_of(world);
    CHECK(integer_at(system, "trial/remainingSeconds").value_or(0) > 50);
    CHECK(string_at(system, "values/ipaddress") == "192.0.2.30");
    CHECK(has_address(world, "192.0.2.30"));
    CHECK(
        problem_code(
            co_await world.call("PUT", "/api/v1/system", R"({"values": {"ntp": "a"}})"), 409) ==
        "system.busy");
    CHECK((co_await world.call("POST", "/api/v1/system/confirm")).status == 204);
    system = co_await settled(world);
    CHECK(string_at(system, "last/outcome") == "kept");
    CHECK(has_address(world, "192.0.2.30"));
    CHECK(
        problem_code(co_await world.call("POST", "/api/v1/system/confirm"), 409) ==
        "system.noTrial");
    CHECK(
        problem_code(co_await world.call("POST", "/api/v1/system/undo"), 409) == "system.noTrial");
}

Task<void> check_taken_back(SetupWorld& world) {
    co_await settled(world);
    co_await begin_change(world, other_address);
    CHECK((co_await world.call("POST", "/api/v1/system/undo")).status == 204);
    Json const system = co_await settled(world);
    CHECK(string_at(system, "last/outcome") == "undone");
    CHECK(string_at(system, "values/ipaddress") == "192.0.2.20");
    CHECK(has_address(world, "192.0.2.20"));
}

Task<void> check_failed(SetupWorld& world) {
    co_await settled(world);
    world.host.failures[reload] = 1;
    CHECK((co_await world.call("PUT", "/api/v1/system", other_address)).status == 202);
    Json const system = co_await settled(world);
    CHECK(string_at(system, "last/outcome") == "undone");
    CHECK(string_at(system, "last/problem").starts_with("Network: "));
    CHECK(has_address(world, "192.0.2.20"));
}

Task<void> begin_other_address(SetupWorld& world) {
    co_await settled(world);
    co_await begin_change(world, other_address);
    CHECK(has_address(world, "192.0.2.30"));
}

Task<void> check_undone_after_restart(SetupWorld& world) {
    Json const system = co_await settled(world);
    CHECK(string_at(system, "last/outcome") == "undone");
    CHECK(string_at(system, "values/ipaddress") == "192.0.2.20");
    CHECK(has_address(world, "192.0.2.20"));
}

Task<void> check_password(SetupWorld& world) {
    co_await settled(world);
    auto const body = R"({"values": {"root_password": "canary new Root"}})";
    CHECK((co_await world.call("PUT", "/api/v1/system", body)).status == 202);
    Json const system = co_await settled(world);
    CHECK(string_at(system, "last/outcome") == "kept");
    CHECK(world.host.inputs.back() == "root:canary new Root\n");
    CHECK(system.dump().find("canary") == std::string::npos);
    auto const files = list_folder(world.folder.path() / "state");
    REQUIRE(files);
    for (auto const& file : *files) {
        auto const text = read_file(file, 1 << 20);
        REQUIRE(text);
        CHECK(text->find("canary") == std::string::npos);
    }
}

Task<void> check_certificate(SetupWorld& world) {
    co_await settled(world);
    auto const paths = web_page_certificate();
    std::string const own = world.host.files.at(paths.certificate);
    auto const other = make_self_signed_certificate({"a.example"}, 30);
    REQUIRE(other);
    Json const values = {
        {"custom_tls_ca_cert", other->certificate_pem}, {"custom_tls_private_key", other->key_pem}};
    co_await begin_change(world, Json{{"values", values}}.dump());
    CHECK(world.host.files.at(paths.certificate) == other->certificate_pem);
    CHECK(
        problem_code(co_await world.call("POST", "/api/v1/system/renew-certificate"), 409) ==
        "system.foreignCertificate");
    CHECK((co_await world.call("POST", "/api/v1/system/undo")).status == 204);
    co_await settled(world);
    CHECK(world.host.files.at(paths.certificate) == own);
    CHECK(world.host.files.at(paths.key) == "key");
    CHECK((co_await world.call("POST", "/api/v1/system/renew-certificate")).status == 202);
    co_await reach_trial(world);
    CHECK((co_await world.call("POST", "/api/v1/system/confirm")).status == 204);
    CHECK(string_at(co_await settled(world), "last/outcome") == "kept");
}

/// What the command printed, and the code that it ended with.
Task<std::string> system_command(
    SetupWorld& world, std::vector<std::string> words, int wanted_code) {
    words.insert(words.begin(), {"system", "--socket=" + world.socket()});
    millrace::test::TemporaryFolder const folder;
    millrace::test::ChildService command(
        {.program = std::filesystem::path(MILLRACE_BINARY_DIR) / "millrace-configurator",
         .arguments = std::move(words),
         .log_file = folder.path() / "log",
         .address_file = {},
         .has_listen_flag = false,
         .probe = ""});
    command.spawn();
    auto const code = co_await command.wait_for_end(30s);
    INFO(command.log());
    CHECK(code == wanted_code);
    co_return command.log();
}

Task<void> check_command(SetupWorld& world) {
    co_await settled(world);
    CHECK(
        (co_await system_command(world, {}, 0)).find("ipaddress=192.0.2.20\n") !=
        std::string::npos);
    auto const refused = co_await system_command(world, {"ipaddress=1.2.3", "gateway=x"}, 1);
    CHECK(refused.find("  ipaddress: ") != std::string::npos);
    CHECK(refused.find("  gateway: ") != std::string::npos);
    co_await system_command(world, {"root_password=canary"}, 2);
    co_await system_command(world, {"ipaddress"}, 2);
    auto const changed = co_await system_command(world, {"ipaddress=192.0.2.30"}, 0);
    CHECK(changed.find("--keep") != std::string::npos);
    CHECK(has_address(world, "192.0.2.30"));
    co_await system_command(world, {"--keep"}, 0);
    CHECK(string_at(co_await settled(world), "last/outcome") == "kept");
    co_await system_command(world, {"--undo"}, 1);
}

Task<void> check_requests(SetupWorld& world) {
    co_await settled(world);
    CHECK(
        problem_code(co_await world.call("PUT", "/api/v1/system", R"({"values": {}})"), 409) ==
        "system.unchanged");
    CHECK(
        problem_code(co_await world.call("PUT", "/api/v1/system", "{"), 400) ==
        "request.malformed");
    CHECK(problem_code(co_await world.call("GET", "/api/v1/system/nothing"), 404) == "notFound");
    CHECK(
        problem_code(co_await world.call("GET", "/api/v1/system/power"), 405) == "request.method");
    auto const errors = errors_of(co_await world.call(
        "PUT", "/api/v1/system", R"({"values": {"ipaddress": "1.2.3", "vcenter_server": "v"}})"));
    CHECK(errors.contains("/values/ipaddress"));
    CHECK(errors.contains("/values/vcenter_server"));
    CHECK(
        problem_code(
            co_await world.call("POST", "/api/v1/system/power", R"({"action": "x"})"), 422) ==
        "power.invalid");
    CHECK(
        (co_await world.call("POST", "/api/v1/system/power", R"({"action": "shutDown"})")).status ==
        202);
    CHECK(world.host.ran.back() == "run /usr/bin/systemctl --no-block poweroff");
    CHECK(has_address(world, "192.0.2.20"));
}

Task<void> check_not_configured(SetupWorld& world) {
    co_await world.reach("waiting");
    for (auto const* method : {"GET", "PUT"})
        CHECK(
            problem_code(co_await world.call(method, "/api/v1/system", other_address), 409) ==
            "system.notConfigured");
}

}  // namespace

TEST_CASE("system API: a change is in force at once, and kept when it is confirmed") {
    SetupWorld world(whole_form());
    run_task(world.io, check_kept(world));
}

TEST_CASE("system API: a change that is taken back leaves what was before") {
    SetupWorld world(whole_form());
    run_task(world.io, check_taken_back(world));
}

TEST_CASE("system API: a change that fails is undone by itself, with its reason") {
    SetupWorld world(whole_form());
    run_task(world.io, check_failed(world));
}

TEST_CASE("system API: a restart before the confirmation undoes the change") {
    SetupWorld world(whole_form());
    run_task(world.io, begin_other_address(world));
    world.stop();
    world.start();
    run_task(world.io, check_undone_after_restart(world));
}

TEST_CASE("system API: a password is changed for good, and is nowhere afterwards") {
    SetupWorld world(whole_form());
    run_task(world.io, check_password(world));
}

TEST_CASE("system API: another certificate is taken and given back, the own one renewed") {
    SetupWorld world(whole_form());
    run_task(world.io, check_certificate(world));
}

TEST_CASE("system API: what it does not know, and what changes nothing, is refused") {
    SetupWorld world(whole_form());
    run_task(world.io, check_requests(world));
}

TEST_CASE("system command: shows, changes, keeps, and says all that is wrong") {
    SetupWorld world(whole_form());
    run_task(world.io, check_command(world));
}

TEST_CASE("system API: there is none before the appliance is configured") {
    SetupWorld world;
    run_task(world.io, check_not_configured(world));
}
