// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/cli/running_up.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "common/base/file.hpp"
#include "tests/support/catch.hpp"

namespace millrace::test {
namespace {

constexpr nanoseconds patience = 30s;
constexpr std::size_t file_bytes_max = 1 << 20;
constexpr char const* source = MILLRACE_SOURCE_DIR;

ChildLaunch launch(std::filesystem::path const& folder, std::vector<std::string> const& more) {
    auto const state = folder / "state";
    std::vector<std::string> words = {
        "up", "--state=" + state.string(),
        "--web=" + std::string(source) + "/services/console/web/dist",
        "--recipes=" + std::string(source) + "/appliance/functions",
        "--runtimes=" + std::string(source) + "/services/runner/runtimes"};
    auto const is_listen = [](std::string const& word) {
        return word.starts_with("--console-listen");
    };
    if (std::ranges::none_of(more, is_listen))
        words.emplace_back("--console-listen=127.0.0.1:0");
    words.insert(words.end(), more.begin(), more.end());
    return {
        .program = std::filesystem::path(MILLRACE_BINARY_DIR) / "millrace",
        .arguments = words,
        .log_file = folder / "up.log",
        .address_file = state / "run" / "console.json",
        .has_listen_flag = false,
        .probe = "/healthz"};
}

}  // namespace

RunningUp::RunningUp(std::vector<std::string> const& more) : process(launch(folder.path(), more)) {
    // The page itself is built by scripts/build-web; without it `up` rightly refuses to start.
    std::string const page = std::string(source) + "/services/console/web/dist/index.html";
    if (!std::filesystem::exists(page))
        FAIL("There is no " << page << "; scripts/build-web makes it.");
}

Task<int> RunningUp::wait_for_end() {
    auto const code = co_await process.wait_for_end(patience);
    if (!code)
        FAIL("It still runs: " << process.log());
    co_return *code;
}

Task<std::optional<int>> RunningUp::interrupt() {
    process.signal(SIGINT);
    co_return co_await process.wait_for_end(5s);
}

Task<bool> RunningUp::says(std::string text) {
    co_return co_await comes_true(
        [&] { return process.log().find(text) != std::string::npos; }, patience);
}

Json RunningUp::address_of(std::string const& service) const {
    auto const text = read_file(state() / "run" / (service + ".json"), file_bytes_max);
    auto json = text ? parse_json(*text) : Result<Json>(Json());
    return json ? std::move(*json) : Json();
}

std::string RunningUp::url_of(std::string const& service) const {
    return string_at(address_of(service), "url");
}

pid_t RunningUp::pid_of(std::string const& service) const {
    return static_cast<pid_t>(integer_at(address_of(service), "pid").value_or(0));
}

ServiceClient RunningUp::client() {
    std::string token = read_file(state() / "run" / "token", file_bytes_max).value_or("");
    while (token.ends_with('\n'))
        token.pop_back();
    return {io.get_executor(), std::move(token)};
}

Task<Json> RunningUp::source_status() {
    ServiceClient asking = client();
    Json const status = co_await asking.try_get(url_of("router") + "/status");
    Json const* sources = find_json(status, "sources");
    co_return sources != nullptr && !sources->empty() ? sources->front() : Json();
}

Task<void> RunningUp::wait_for_source(std::string wanted) {
    SteadyTime const deadline =
        steady_now() + std::chrono::duration_cast<SteadyTime::duration>(patience);
    for (Json status; string_at(status, "state") != wanted;) {
        if (steady_now() > deadline)
            FAIL("The source is not " << wanted << ": " << dump_json(status));
        co_await sleep_for(20ms);
        status = co_await source_status();
    }
}

Task<void> RunningUp::wait_for_log(std::string function, std::string text) {
    ServiceClient asking = client();
    std::string const path = "/api/v1/functions/default/" + function + "/logs?tail=2000";
    SteadyTime const deadline =
        steady_now() + std::chrono::duration_cast<SteadyTime::duration>(patience);
    for (std::string log; log.find(text) == std::string::npos;) {
        if (steady_now() > deadline)
            FAIL(
                "The log of " << function << " has no \"" << text << "\", but ends: "
                              << log.substr(log.size() - std::min<std::size_t>(log.size(), 2000)));
        co_await sleep_for(50ms);
        log = dump_json(co_await asking.try_get(url_of("runner") + path));
    }
}

Task<Json> RunningUp::wait_for_delivery(std::string type) {
    ServiceClient asking = client();
    std::string const url = url_of("broker") + "/api/v1/events?type=" + type;
    SteadyTime const deadline =
        steady_now() + std::chrono::duration_cast<SteadyTime::duration>(patience);
    for (;;) {
        Json const found = co_await asking.try_get(url);
        Json const* items = find_json(found, "items");
        if (items != nullptr)
            for (Json const& item : *items)
                if (integer_at(item, "deliveries/delivered") > 0)
                    co_return item;
        if (steady_now() > deadline)
            FAIL("No " << type << " was delivered: " << dump_json(found));
        co_await sleep_for(50ms);
    }
}

std::vector<std::string> RunningUp::processes() const {
    std::vector<std::string> found;
    std::error_code ignored;
    for (auto const& entry : std::filesystem::directory_iterator("/proc", ignored)) {
        std::string const pid = entry.path().filename().string();
        if (pid.find_first_not_of("0123456789") != std::string::npos ||
            pid == std::to_string(::getpid()))
            continue;
        // Workers have the folder in their environment or working directory, not in the words.
        std::string known;
        for (auto const* file : {"cmdline", "environ"})
            known += read_file(entry.path() / file, file_bytes_max).value_or("");
        known += std::filesystem::read_symlink(entry.path() / "cwd", ignored).string();
        if (known.find(state().string()) != std::string::npos)
            found.push_back(pid + " " + known.substr(0, 200));
    }
    return found;
}

}  // namespace millrace::test
