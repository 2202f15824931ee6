// SPDX-License-Identifier: Apache-2.0
#include "common/base/file.hpp"
#include "tests/integration/console/console_world.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr milliseconds expiry_limit = 20s;
constexpr char const* password = "correct horse battery \xC3\xA4&$\\";

std::string login_body(std::string const& code) {
    return R"({"code":")" + code + "\"}";
}

/// Asks as a page does that polls, until the session is said to have ended.
Task<bool> expires(ConsoleWorld& world, bool as_background) {
    SteadyTime const deadline = steady_now() + expiry_limit;
    while (steady_now() < deadline) {
        HttpRequest request = world.request("GET");
        if (as_background)
            request.headers.add("X-Millrace-Background", "1");
        auto const answer = co_await world.send("/api/v1/functions", std::move(request));
        if (answer.status == 401)
            co_return problem_code(answer, 401) == "session.expired";
        co_await sleep_for(20ms);
    }
    co_return false;
}

Task<void> check_link(ConsoleWorld& world) {
    co_await world.console.start();
    CHECK((co_await world.get("/login")).body == "<title>console</title>");
    CHECK(problem_code(co_await world.get("/api/v1/functions"), 401) == "session.required");
    std::string const code = world.login_code();
    auto const answer = co_await world.call("POST", "/api/v1/session", login_body(code));
    REQUIRE(answer.status == 201);
    std::string const set(answer.headers.get("set-cookie"));
    CHECK(set.starts_with("sid="));
    CHECK(set.find("; Path=/; HttpOnly; SameSite=Strict") != std::string::npos);
    CHECK(set.find("Domain") == std::string::npos);
    auto const again = co_await world.call("POST", "/api/v1/session", login_body(code));
    CHECK(problem_code(again, 401) == "login.refused");
    CHECK(world.login_code() != code);
    world.cookie = set.substr(0, set.find(';'));
    CHECK((co_await world.get("/api/v1/functions")).status == 200);
    std::error_code error;
    auto const status = std::filesystem::status(world.folder.path() / "run/login-url", error);
    CHECK((status.permissions() & std::filesystem::perms(077)) == std::filesystem::perms::none);
}

Task<void> check_end(ConsoleWorld& world) {
    co_await world.sign_in();
    std::string const code = world.login_code();
    std::string const cookie = std::exchange(world.cookie, "sid=0123");
    CHECK(
        problem_code(co_await world.call("DELETE", "/api/v1/session", ""), 401) ==
        "session.expired");
    // Nobody who is not signed in can void the printed link.
    CHECK(world.login_code() == code);
    world.cookie = cookie;
    auto const ended = co_await world.call("DELETE", "/api/v1/session", "");
    CHECK(ended.status == 204);
    CHECK(ended.headers.get("set-cookie").find("Max-Age=0") != std::string_view::npos);
    check_security_headers(ended);
    CHECK(problem_code(co_await world.get("/api/v1/functions"), 401) == "session.expired");
    auto const back =
        co_await world.call("POST", "/api/v1/session", login_body(world.login_code()));
    CHECK(back.status == 201);
}

Task<void> check_idle(ConsoleWorld& world) {
    co_await world.sign_in();
    CHECK(co_await expires(world, true));
}

Task<void> check_age(ConsoleWorld& world) {
    co_await world.sign_in();
    CHECK(co_await expires(world, false));
}

Task<void> check_link_age(ConsoleWorld& world) {
    co_await world.console.start();
    std::string const code = world.login_code();
    // Time itself is what is waited for: --login-url-age is 1 s.
    co_await sleep_for(1100ms);
    auto const answer = co_await world.call("POST", "/api/v1/session", login_body(code));
    CHECK(problem_code(answer, 401) == "login.refused");
}

/// Beyond loopback: TLS and a password. The process is asked at 127.0.0.1.
Task<HttpResponse> log_in(ConsoleWorld& world, std::string user, std::string word) {
    Json body = Json::object();
    body["user"] = std::move(user);
    body["password"] = std::move(word);
    std::string const port = world.console.url().substr(world.console.url().rfind(':'));
    HttpRequest request = world.request("POST", dump_json(body));
    request.headers.set("Origin", "https://127.0.0.1" + port);
    auto const url = parse_url("https://127.0.0.1" + port + "/api/v1/session");
    REQUIRE(url);
    auto answer = co_await world.client.send(*url, request, 20s);
    REQUIRE(answer);
    co_return std::move(*answer);
}

Task<void> check_password(ConsoleWorld& world) {
    co_await world.console.start();
    auto const wrong = co_await log_in(world, "admin", "not the password");
    auto const unknown = co_await log_in(world, "root", password);
    CHECK(problem_code(wrong, 401) == "login.refused");
    CHECK(unknown.body == wrong.body);
    auto const answer = co_await log_in(world, "admin", password);
    REQUIRE(answer.status == 201);
    std::string const set(answer.headers.get("set-cookie"));
    CHECK(set.starts_with("__Host-sid="));
    CHECK(set.find("; Path=/; HttpOnly; SameSite=Strict; Secure") != std::string::npos);
    CHECK(string_at(json_of(answer), "mode") == "password");
    for (int i = 0; i < 5; ++i)
        CHECK(problem_code(co_await log_in(world, "admin", "guess"), 401) == "login.refused");
    // Also with the right password: who guesses has to wait.
    auto const locked = co_await log_in(world, "admin", password);
    CHECK(problem_code(locked, 429) == "login.throttled");
    CHECK(locked.headers.get("retry-after") == "1");
    SteadyTime const deadline = steady_now() + expiry_limit;
    int status = 429;
    while (status == 429 && steady_now() < deadline) {
        co_await sleep_for(20ms);
        status = (co_await log_in(world, "admin", password)).status;
    }
    CHECK(status == 201);
    CHECK(world.console.log().find(password) == std::string::npos);
    // It listens there, too. No page can make an address stand for another machine; names are
    // judged in request_guard_test.
    std::string const port = world.console.url().substr(world.console.url().rfind(':'));
    auto const url = parse_url("https://127.0.0.2" + port + "/");
    auto const by_address = co_await world.client.send(*url, world.request("GET"), 20s);
    REQUIRE(by_address);
    CHECK(by_address->status == 200);
}

/// Tries that run at the same time count like tries one after the other.
Task<void> check_parallel(ConsoleWorld& world) {
    constexpr int tries = 20;
    co_await world.console.start();
    std::map<int, int> answers;
    int open = tries;
    for (int i = 0; i < tries; ++i)
        asio::co_spawn(
            world.io,
            [](ConsoleWorld& at, std::map<int, int>& into) -> Task<void> {
                ++into[(co_await log_in(at, "admin", "guess")).status];
            }(world, answers),
            [&open](std::exception_ptr thrown) {
                --open;
                if (thrown)
                    std::rethrow_exception(thrown);
            });
    while (open > 0)
        co_await sleep_for(10ms);
    CHECK(answers[401] <= 5);
    CHECK(answers[401] + answers[429] == tries);
}

/// The certificate of one run is that of the next.
Task<void> check_certificate(ConsoleWorld& world) {
    auto const fingerprint = [&world] {
        std::string const log = world.console.log();
        auto const at = log.rfind("sha256=");
        REQUIRE(at != std::string::npos);
        return log.substr(at, 7 + 95);
    };
    co_await world.console.start();
    std::string const first = fingerprint();
    // Answering, it has begun to listen to signals, too.
    CHECK((co_await log_in(world, "admin", "guess")).status == 401);
    CHECK(co_await world.console.stop() == 0);
    co_await world.console.start();
    CHECK(fingerprint() == first);
}

/// The exit code of a console that must not start, and what it says.
Task<void> check_refused(ConsoleWorld& world, std::string reason) {
    world.console.spawn();
    auto const code = co_await world.console.wait_for_end(20s);
    CHECK(code == 2);
    INFO(world.console.log());
    CHECK(world.console.log().find(reason) != std::string::npos);
}

}  // namespace

TEST_CASE("Session: the one-time link signs in once, by a cookie no script can read") {
    ConsoleWorld world;
    run_task(world.io, check_link(world));
}

TEST_CASE("Session: signing out ends it, and a new link is there") {
    ConsoleWorld world;
    run_task(world.io, check_end(world));
}

TEST_CASE("Session: it ends when nobody uses it; polling is no use") {
    ConsoleWorld world({"--session-idle=1s"});
    run_task(world.io, check_idle(world));
}

TEST_CASE("Session: it ends after its age however much it is used") {
    ConsoleWorld world({"--session-age=1s"});
    run_task(world.io, check_age(world));
}

TEST_CASE("Session: the one-time link expires") {
    ConsoleWorld world({"--login-url-age=1s"});
    run_task(world.io, check_link_age(world));
}

TEST_CASE("Session: beyond loopback a password over TLS, and guessing is slowed down") {
    TemporaryFolder folder;
    std::string const file = (folder.path() / "password").string();
    REQUIRE(write_file_atomic(file, std::string(password) + "\n", 0600));
    ConsoleWorld world({"--listen=0.0.0.0:0", "--password-file=" + file});
    run_task(world.io, check_password(world));
}

// review 4.15
TEST_CASE("Session: tries that run at the same time are counted before they are answered") {
    TemporaryFolder folder;
    std::string const file = (folder.path() / "password").string();
    REQUIRE(write_file_atomic(file, std::string(password) + "\n", 0600));
    ConsoleWorld world({"--listen=0.0.0.0:0", "--password-file=" + file});
    run_task(world.io, check_parallel(world));
}

// review 4.16
TEST_CASE("Session: the self-signed certificate is the same after a restart") {
    TemporaryFolder folder;
    std::string const file = (folder.path() / "password").string();
    REQUIRE(write_file_atomic(file, std::string(password) + "\n", 0600));
    ConsoleWorld world({"--listen=0.0.0.0:0", "--password-file=" + file});
    run_task(world.io, check_certificate(world));
}

TEST_CASE("Session: beyond loopback there is no start without a good password") {
    ConsoleWorld none({"--listen=0.0.0.0:0"});
    run_task(none.io, check_refused(none, "--password-file"));
    TemporaryFolder folder;
    std::string const file = (folder.path() / "password").string();
    REQUIRE(write_file_atomic(file, "too short\n", 0600));
    ConsoleWorld brief({"--listen=0.0.0.0:0", "--password-file=" + file});
    run_task(brief.io, check_refused(brief, "at least 15"));
}
