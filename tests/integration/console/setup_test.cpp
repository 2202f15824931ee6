// SPDX-License-Identifier: Apache-2.0
// The console until the appliance is configured, with the configurator's API on a real socket.
#include <csignal>

#include "tests/integration/configurator/setup_world.hpp"
#include "tests/integration/console/console_world.hpp"

using namespace millrace;
using namespace millrace::test;
using configurator::test::SetupWorld;

namespace {

constexpr auto whole_form =
    R"({"values": {"root_password": "a root password", "endpoint_password": "a web password"}})";

/// A console over a folder of its own that asks `setup`'s configurator.
class SetupConsole {
public:
    explicit SetupConsole(SetupWorld& setup, std::vector<std::string> more = {})
        : setup_(setup),
          client_(setup.io.get_executor(), trusting()),
          console(launch(std::move(more))) {
        REQUIRE(make_directories(folder.path() / "web/assets", 0700));
        for (auto const& [name, text] : std::map<std::string, std::string>{
                 {"index.html", "console"}, {"setup.html", "set-up"}, {"assets/setup.js", "start"}})
            REQUIRE(write_file_atomic(folder.path() / "web" / name, text, 0600));
    }

    Task<HttpResponse> call(
        std::string method, std::string target, std::string body = {}, std::string code = {}) {
        HttpRequest request;
        request.method = std::move(method);
        if (!code.empty())
            request.headers.add("X-Millrace-Setup-Code", std::move(code));
        if (request.method != "GET")
            request.headers.add("X-Requested-With", "millrace");
        if (!body.empty())
            request.headers.add("Content-Type", "application/json");
        request.headers.add("Sec-Fetch-Site", "same-origin");
        request.body = std::move(body);
        co_return co_await send(std::move(request), std::move(target));
    }
    Task<HttpResponse> send(HttpRequest request, std::string target) {
        auto url = parse_url(address());
        REQUIRE(url);
        url->target = std::move(target);
        auto answer = co_await client_.send(*url, request, 60s);
        if (!answer)
            FAIL(answer.error().detail << "\n" << console.log());
        co_return std::move(*answer);
    }
    std::string address() const {
        std::string url = console.url();
        if (auto const any = url.find("0.0.0.0"); any != std::string::npos)
            url.replace(any, 7, "127.0.0.1");
        return url;
    }

private:
    static HttpClientOptions trusting() {
        HttpClientOptions options;
        auto tls = TlsContext::client({.verify = false, .authorities_pem = {}});
        REQUIRE(tls);
        options.tls = std::move(*tls);
        return options;
    }
    ChildLaunch launch(std::vector<std::string> more) const {
        ChildLaunch launch;
        launch.program = std::filesystem::path(MILLRACE_BINARY_DIR) / "millrace-console";
        launch.log_file = folder.path() / "console.log";
        launch.address_file = folder.path() / "console.json";
        launch.probe = "/healthz";
        launch.arguments = std::move(more);
        for (std::string const& argument : launch.arguments)
            if (argument.starts_with("--listen=")) {
                launch.has_listen_flag = false;
                launch.probe.clear();
            }
        launch.arguments.push_back("--configurator=" + setup_.socket());
        launch.arguments.push_back("--state=" + (folder.path() / "state").string());
        launch.arguments.push_back("--web=" + (folder.path() / "web").string());
        launch.arguments.push_back("--address-file=" + launch.address_file.string());
        return launch;
    }

    SetupWorld& setup_;

public:
    TemporaryFolder folder;

private:
    HttpClient client_;

public:
    ChildService console;
};

Task<void> check_page(SetupConsole& world) {
    co_await world.console.start();
    for (std::string const path : {"/", "/setup", "/login", "/functions/x"}) {
        auto const answer = co_await world.call("GET", path);
        CHECK(answer.body == "set-up");
        check_security_headers(answer);
    }
    CHECK((co_await world.call("GET", "/assets/setup.js")).body == "start");
    CHECK((co_await world.call("GET", "/healthz")).status == 200);
    CHECK((co_await world.call("GET", "/readyz")).status == 503);
    for (std::string const path : {"/api/v1/session", "/api/v1/functions", "/api/v1/setupx"})
        CHECK(problem_code(co_await world.call("GET", path), 404) == "setup.only");
    for (std::string const path : {"none", "../form", "form/x", ""})
        CHECK((co_await world.call("GET", "/api/v1/setup/" + path)).status == 404);
}

/// The status of the page's request with one header as another page's would be.
Task<int> put_with(SetupConsole& world, std::string header, std::string value) {
    HttpRequest request;
    request.method = "PUT";
    request.headers = {
        {"X-Millrace-Setup-Code", SetupWorld::code},
        {"X-Requested-With", "millrace"},
        {"Sec-Fetch-Site", "same-origin"},
        {"Content-Type", "application/json"}};
    request.headers.set(header, std::move(value));
    request.body = whole_form;
    co_return (co_await world.send(std::move(request), "/api/v1/setup/form")).status;
}

Task<void> check_guard(SetupConsole& world) {
    co_await world.console.start();
    CHECK(co_await put_with(world, "Sec-Fetch-Site", "cross-site") == 403);
    CHECK(co_await put_with(world, "X-Requested-With", "other") == 403);
    CHECK(co_await put_with(world, "Content-Type", "text/plain") == 415);
    CHECK(co_await put_with(world, "X-Millrace-Setup-Code", "AAAA-AAAA") == 401);
    auto const refused = co_await world.call("GET", "/api/v1/setup/form");
    CHECK(refused.status == 401);
    check_security_headers(refused);
}

Task<void> check_set_up(SetupWorld& setup, SetupConsole& world) {
    co_await world.console.start();
    std::string const code = SetupWorld::code;
    auto const form = co_await world.call("GET", "/api/v1/setup/form", "", code);
    CHECK(form.status == 200);
    CHECK(json_of(form).at("groups").size() > 5);
    auto const wrong =
        co_await world.call("PUT", "/api/v1/setup/form", R"({"values": {"dns": "none"}})", code);
    CHECK(wrong.status == 422);
    CHECK(json_of(wrong).at("errors").size() == 3);
    CHECK((co_await world.call("PUT", "/api/v1/setup/form", whole_form, code)).status == 204);
    co_await setup.reach("finished");
    // A page that asks each second hears of it.
    auto const told = json_of(co_await world.call("GET", "/api/v1/setup/status"));
    CHECK(bool_at(told, "configured", false));
    CHECK(co_await world.console.wait_for_end(20s) == 0);
}

Task<void> check_normal_mode(SetupConsole& world) {
    co_await world.console.start();
    CHECK((co_await world.call("GET", "/")).body == "console");
    for (std::string const path : {"/setup", "/setup.html"}) {
        auto const moved = co_await world.call("GET", path);
        CHECK(moved.status == 302);
        CHECK(moved.headers.get("location") == "/");
    }
    CHECK((co_await world.call("GET", "/api/v1/setup/status")).status == 404);
}

Task<void> check_tls(SetupConsole& world, std::filesystem::path copy) {
    co_await world.console.start();
    CHECK(world.address().starts_with("https://"));
    CHECK((co_await world.call("GET", "/")).body == "set-up");
    auto const copied = read_file(copy, 1 << 20);
    REQUIRE(copied);
    CHECK(copied->starts_with("-----BEGIN CERTIFICATE-----"));
    CHECK(copied->find("PRIVATE") == std::string::npos);
}

Task<void> check_silence(SetupConsole& world) {
    world.console.spawn();
    auto const code = co_await world.console.wait_for_end(20s);
    CHECK(code == 2);
    CHECK(world.console.log().find("The configurator does not answer") != std::string::npos);
}

Task<void> reach_finished(SetupWorld& setup) {
    co_await setup.reach("waiting");
    CHECK((co_await setup.call("PUT", "/api/v1/form", whole_form)).status == 204);
    co_await setup.reach("finished");
}

}  // namespace

TEST_CASE("Set-up: until the appliance is configured there is only the set-up page") {
    SetupWorld setup;
    SetupConsole world(setup);
    run_task(setup.io, check_page(world));
}

TEST_CASE("Set-up: nobody without the code, and no other site's page, changes anything") {
    SetupWorld setup;
    SetupConsole world(setup);
    run_task(setup.io, check_guard(world));
    CHECK(setup.host.files.empty());
}

TEST_CASE("Set-up: a form that is given on the page is followed, then the console ends well") {
    SetupWorld setup;
    SetupConsole world(setup);
    run_task(setup.io, check_set_up(setup, world));
}

TEST_CASE("Set-up: configured, the console is the whole one") {
    SetupWorld setup;
    run_task(setup.io, reach_finished(setup));
    TemporaryFolder const token;
    std::string const file = (token.path() / "token").string();
    REQUIRE(write_file_atomic(file, "0123456789abcdef", 0600));
    SetupConsole world(
        setup,
        {"--api-token-file=" + file, "--recipes=" MILLRACE_SOURCE_DIR "/appliance/functions"});
    run_task(setup.io, check_normal_mode(world));
}

TEST_CASE("Set-up: TLS with a certificate of its own, whatever files are yet to come") {
    SetupWorld setup;
    TemporaryFolder const folder;
    SetupConsole world(
        setup, {"--listen=0.0.0.0:0", "--tls-certificate-file=/none/console.crt",
                "--tls-key-file=/none/console.key", "--password-file=/none/password",
                "--api-token-file=/none/token",
                "--certificate-copy=" + (folder.path() / "copy.pem").string()});
    run_task(setup.io, check_tls(world, folder.path() / "copy.pem"));
}

TEST_CASE("Set-up: where nobody says whether it is configured, the console does not guess") {
    SetupWorld setup;
    setup.stop();
    SetupConsole world(setup);
    run_task(setup.io, check_silence(world));
    setup.start();
}
