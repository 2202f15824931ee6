// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <fstream>

#include "common/base/file.hpp"
#include "common/function/recipe.hpp"
#include "common/kube/directory/directory_store.hpp"
#include "tests/e2e/cli/running_up.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr char const* user = "administrator@vsphere.local";
constexpr char const* token = "0123456789abcdef0123456789abcdef";
constexpr std::size_t file_bytes_max = 1 << 20;

/// Programs of others, made by scripts/build-peers.
std::filesystem::path peers() {
    char const* cache = std::getenv("MILLRACE_CACHE");
    std::filesystem::path const folder =
        cache == nullptr ? std::filesystem::path(MILLRACE_SOURCE_DIR "/.cache") : cache;
    return folder / "peers";
}

/// A vCenter that `up` has not started, and the flags that lead to it.
struct Vcenter {
    explicit Vcenter(ChildLaunch launch) : process(std::move(launch)) {}

    static ChildLaunch simulator(std::filesystem::path const& folder) {
        std::ofstream(folder / "token") << token;
        return {
            .program = std::filesystem::path(MILLRACE_BINARY_DIR) / "millrace-simulator",
            .arguments =
                {"--no-story", "--state=" + folder.string(),
                 "--api-token-file=" + (folder / "token").string(),
                 "--address-file=" + (folder / "simulator.json").string(),
                 "--vcenter-address-file=" + (folder / "vcenter.json").string(),
                 "--certificate-file=" + (folder / "vcenter.pem").string()},
            .log_file = folder / "simulator.log",
            .address_file = folder / "simulator.json"};
    }

    static ChildLaunch vcsim(std::filesystem::path const& folder) {
        return {
            .program = peers() / "vcsim",
            .arguments =
                {"-address-file=" + (folder / "vcenter.json").string(),
                 "-certificate-file=" + (folder / "vcenter.pem").string()},
            .log_file = folder / "vcsim.log",
            .address_file = folder / "vcenter.json",
            .has_listen_flag = false,
            .probe = ""};
    }

    ChildService process;
};

Json read_json(std::filesystem::path const& file) {
    auto const text = read_file(file, file_bytes_max);
    auto json = text ? parse_json(*text) : Result<Json>(Json());
    REQUIRE(json);
    return std::move(*json);
}

std::vector<std::string> flags_for(
    std::filesystem::path const& folder, std::string const& password) {
    std::ofstream(folder / "password") << password << "\n";
    return {
        "--vcenter=" + string_at(read_json(folder / "vcenter.json"), "url"),
        std::string("--username=") + user, "--password-file=" + (folder / "password").string(),
        "--ca-file=" + (folder / "vcenter.pem").string()};
}

Task<std::int64_t> failed_logins(Vcenter& vcenter) {
    ServiceClient client(co_await asio::this_coro::executor, token);
    Json const sessions = co_await client.get(vcenter.process.url() + "/api/v1/sessions");
    co_return integer_at(sessions, "failedLogins").value_or(-1);
}

Task<void> correct_password(RunningUp& up) {
    DirectoryStore store(up.io.get_executor(), up.state());
    auto const applied = co_await store.apply(
        kinds::secret, make_secret(
                           {"default", "vcenter-credentials"},
                           {{"username", Secret(user)}, {"password", Secret("millrace")}}));
    REQUIRE(applied);
}

Task<void> check_wrong_password(RunningUp& up, Vcenter& vcenter) {
    co_await up.start();
    co_await up.wait_for_source("Failing");
    std::string const problem = string_at(co_await up.source_status(), "problem");
    INFO(problem);
    CHECK(problem.find("InvalidLogin") != std::string::npos);
    CHECK(problem.find("not the password") == std::string::npos);
    // vCenter locks an account after a few refusals within minutes: 20 s between the first tries,
    // 5 min later on. In 5 s there is one at most.
    SteadyTime const until = steady_now() + 5s;
    while (steady_now() < until) {
        CHECK(co_await failed_logins(vcenter) == 1);
        co_await sleep_for(250ms);
    }
    co_await correct_password(up);
    co_await up.wait_for_source("Waiting");
    CHECK(co_await failed_logins(vcenter) <= 2);
    CHECK(up.process.log().find("killed") == std::string::npos);
    CHECK(co_await up.interrupt() == 0);
}

Task<void> check_unreachable(RunningUp& up) {
    co_await up.start();
    co_await up.wait_for_source("Failing");
    Json const status = co_await up.source_status();
    INFO(dump_json(status));
    CHECK(string_at(status, "problem").find("Cannot connect to 127.0.0.1:1") != std::string::npos);
    ServiceClient client = up.client();
    CHECK_FALSE((co_await client.try_get(up.url_of("runner") + "/status")).is_null());
    CHECK(co_await up.interrupt() == 0);
    CHECK(up.processes().empty());
}

Task<void> check_power_operation(RunningUp& up, std::filesystem::path folder) {
    co_await up.start();
    co_await up.wait_for_source("Waiting");
    ChildService client(
        {.program = peers() / "pyvmomi-venv" / "bin" / "python",
         .arguments =
             {std::string(MILLRACE_SOURCE_DIR) + "/tests/peers/pyvmomi/vm_power.py",
              (folder / "vcenter.json").string(), (folder / "vcenter.pem").string(), "1", "1"},
         .log_file = folder / "operations.jsonl",
         .has_listen_flag = false,
         .probe = ""});
    client.spawn();
    CHECK(co_await client.wait_for_end(60s) == 0);
    std::string const operations = client.log();
    auto const first = parse_json(operations.substr(0, operations.find('\n')));
    REQUIRE(first);
    // vcsim switches machines on when it starts, but only the client switched one off.
    Json const event = co_await up.wait_for_delivery("com.vmware.vsphere.VmPoweredOffEvent.v0");
    INFO(dump_json(event));
    CHECK(string_at(event, "subject") == "VmPoweredOffEvent");
    CHECK(string_at(event, "extensions/vmname") == string_at(*first, "vm"));
    CHECK(co_await up.interrupt() == 0);
}

}  // namespace

TEST_CASE("Up --vcenter: with a wrong password it stays up, says so and tries seldom", "[cli]") {
    TemporaryFolder const folder;
    Vcenter vcenter(Vcenter::simulator(folder.path()));
    asio::io_context io;
    run_task(io, vcenter.process.start());
    RunningUp up(flags_for(folder.path(), "not the password"));
    run_task(up.io, check_wrong_password(up, vcenter), 120s);
}

TEST_CASE("Up --vcenter: while vCenter cannot be reached it stays up and says so", "[cli]") {
    TemporaryFolder const folder;
    std::ofstream(folder.path() / "password") << "secret\n";
    RunningUp up(
        {"--vcenter=https://127.0.0.1:1", "--username=ada",
         "--password-file=" + (folder.path() / "password").string()});
    run_task(up.io, check_unreachable(up), 90s);
}

TEST_CASE("Up --vcenter: an operation in vcsim is seen by the first function", "[cli][vcsim]") {
    if (!std::filesystem::exists(peers() / "vcsim"))
        FAIL("There is no " << peers() / "vcsim" << "; scripts/build-peers makes it.");
    TemporaryFolder const folder;
    Vcenter vcenter(Vcenter::vcsim(folder.path()));
    asio::io_context io;
    run_task(io, vcenter.process.start());
    RunningUp up(
        flags_for(folder.path(), string_at(read_json(folder.path() / "vcenter.json"), "password")));
    run_task(up.io, check_power_operation(up, folder.path()), 120s);
}
