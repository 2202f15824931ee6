// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/broker/broker_under_load.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "common/base/clock.hpp"
#include "common/base/file.hpp"
#include "common/base/json.hpp"
#include "common/net/http_client.hpp"
#include "tests/support/run_task.hpp"

namespace millrace::bench {
namespace {

void write(std::filesystem::path const& file, std::string const& text) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
}

/// Fields 14 and 15 of /proc/PID/stat: user and system ticks.
double cpu_seconds(std::filesystem::path const& stat) {
    std::string text;
    std::getline(std::ifstream(stat), text);
    std::size_t const after_name = text.rfind(')');
    if (after_name == std::string::npos)
        return 0;
    std::istringstream fields(text.substr(after_name + 1));
    std::string field;
    for (int i = 3; i < 14; ++i)
        fields >> field;
    double user = 0;
    double system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace

BrokerUnderLoad::BrokerUnderLoad(
    std::filesystem::path folder, std::uint16_t subscriber_port, unsigned others)
    : folder_(std::move(folder)) {
    write_objects(subscriber_port);
    write_others(0, others);
    spawn();
    asio::io_context io(1);
    test::run_task(io, wait_until_ready());
}

BrokerUnderLoad::~BrokerUnderLoad() {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
}

void BrokerUnderLoad::write_objects(std::uint16_t subscriber_port) const {
    auto const objects = folder_ / "objects";
    std::string const metadata = "metadata: {name: default, namespace: default}\n";
    write(
        objects / "brokers.eventing.knative.dev/default/default.yaml",
        "apiVersion: eventing.knative.dev/v1\nkind: Broker\n" + metadata);
    if (subscriber_port == 0)
        return;
    write(
        objects / "triggers.eventing.knative.dev/default/default.yaml",
        "apiVersion: eventing.knative.dev/v1\nkind: Trigger\n" + metadata +
            "spec:\n  broker: default\n  filter: {attributes: {eventclass: event}}\n"
            "  subscriber: {uri: \"http://127.0.0.1:" +
            std::to_string(subscriber_port) + "/\"}\n");
}

void BrokerUnderLoad::write_others(unsigned first, unsigned end) const {
    // As people write them: a type and a VM, prefixes of names, one of several types.
    for (unsigned number = first; number < end; ++number) {
        std::string const text = std::to_string(number);
        std::array<std::string, 3> const filters = {
            "[{exact: {type: com.example.t" + text + "}}, {exact: {vmname: vm-" + text + "}}]",
            "[{prefix: {subject: Other" + text + "}}]",
            "[{any: [{exact: {type: com.example.a" + text + "}}, {exact: {type: com.example.b" +
                text + "}}]}]"};
        write(
            folder_ / "objects/triggers.eventing.knative.dev/default" / ("t" + text + ".yaml"),
            "apiVersion: eventing.knative.dev/v1\nkind: Trigger\nmetadata: {name: t" + text +
                ", namespace: default}\nspec:\n  broker: default\n  filters: " +
                filters.at(number % 3) + "\n  subscriber: {uri: \"http://127.0.0.1:9/\"}\n");
    }
}

void BrokerUnderLoad::spawn() {
    std::filesystem::remove(folder_ / "address.json");
    std::vector<std::string> words = {
        std::string(MILLRACE_BINARY_DIR) + "/millrace-broker",
        "--state=" + folder_.string(),
        "--address-file=" + (folder_ / "address.json").string(),
        "--retention-mib=1048576",
        "--retention-age=876000h",
        "--log-level=warn"};
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ != 0)
        return;
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
}

Task<bool> BrokerUnderLoad::is_ready() {
    auto const text = read_file(folder_ / "address.json", 4096);
    auto const address = text ? parse_json(*text) : failure(ErrorCode::not_found, "");
    auto const url = address ? parse_url(string_at(*address, "url") + "/readyz")
                             : Result<Url>(failure(ErrorCode::not_found, ""));
    if (!url)
        co_return false;
    port_ = static_cast<std::uint16_t>(std::stoi(url->port));
    HttpClient client(co_await asio::this_coro::executor, {});
    auto const answer = co_await client.send(*url, HttpRequest(), 2s);
    co_return answer.has_value() && answer->status == 200;
}

Task<void> BrokerUnderLoad::wait_until_ready() {
    SteadyTime const deadline = steady_now() + 60s;
    while (!co_await is_ready()) {
        if (steady_now() > deadline)
            throw std::runtime_error("The broker does not become ready.");
        co_await sleep_for(10ms);
    }
}

CpuTimes BrokerUnderLoad::cpu() const {
    CpuTimes times;
    std::filesystem::path const process = "/proc/" + std::to_string(pid_);
    times.total_s = cpu_seconds(process / "stat");
    for (auto const& task : std::filesystem::directory_iterator(process / "task")) {
        std::string name;
        std::getline(std::ifstream(task.path() / "comm"), name);
        times.by_thread_s[name] += cpu_seconds(task.path() / "stat");
    }
    return times;
}

void BrokerUnderLoad::wait_until_idle() const {
    asio::io_context io(1);
    test::run_task(
        io,
        [](BrokerUnderLoad const& broker) -> Task<void> {
            SteadyTime const deadline = steady_now() + 120s;
            double before = broker.cpu().total_s;
            for (bool rests = false; !rests;) {
                if (steady_now() > deadline)
                    throw std::runtime_error("The broker does not come to rest.");
                co_await sleep_for(500ms);
                double const now = broker.cpu().total_s;
                rests = now <= before;
                before = now;
            }
        }(*this),
        150s);
}

namespace {

/// A line "<name>: <n> kB" of the process's status, in MiB.
double status_mib(pid_t pid, std::string const& name) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    std::string line;
    while (std::getline(status, line))
        if (line.starts_with(name + ":"))
            return std::stod(line.substr(name.size() + 1)) / 1024;
    return 0;
}

/// Sends one request after the other and keeps the longest wait, until `done`.
Task<void> keep_asking(
    HttpClient& client, Url url, HttpRequest request, bool const& done, double& longest_ms) {
    while (!done) {
        SteadyTime const begin = steady_now();
        auto const answer = co_await client.send(url, request, 60s);
        double const took = std::chrono::duration<double, std::milli>(steady_now() - begin).count();
        longest_ms = std::max(longest_ms, answer ? took : 60'000);
        co_await sleep_for(5ms);
    }
}

}  // namespace

double BrokerUnderLoad::peak_mib() const {
    return status_mib(pid_, "VmHWM");
}

double BrokerUnderLoad::resident_mib() const {
    return status_mib(pid_, "VmRSS");
}

Task<std::size_t> BrokerUnderLoad::triggers_in_force() {
    HttpClient client(co_await asio::this_coro::executor, {});
    auto const url = parse_url("http://127.0.0.1:" + std::to_string(port_) + "/metrics");
    auto const answer = co_await client.send(*url, HttpRequest(), 60s);
    constexpr std::string_view name = "\nmillrace_broker_triggers ";
    auto const at = answer ? answer->body.find(name) : std::string::npos;
    co_return at == std::string::npos ? 0 : std::stoul(answer->body.substr(at + name.size()));
}

Task<BrokerUnderLoad::Burst> BrokerUnderLoad::measure_burst(unsigned triggers) {
    using namespace asio::experimental::awaitable_operators;
    HttpClient posts(co_await asio::this_coro::executor, {});
    HttpClient probes(co_await asio::this_coro::executor, {});
    std::string const base = "http://127.0.0.1:" + std::to_string(port_);
    HttpRequest event;
    event.method = "POST";
    for (auto const& [name, value] : std::map<std::string, std::string>{
             {"ce-id", "1"}, {"ce-source", "/bench"}, {"ce-type", "x"}, {"ce-specversion", "1.0"}})
        event.headers.add(name, value);
    Burst burst;
    bool done = false;
    auto const until_in_force = [](BrokerUnderLoad& broker, unsigned wanted, Burst& told,
                                   bool& ended) -> Task<void> {
        SteadyTime const begin = steady_now();
        while (co_await broker.triggers_in_force() < wanted) {
            if (steady_now() - begin > 60s)
                throw std::runtime_error("The triggers are not in force after 60 s.");
            co_await sleep_for(20ms);
        }
        told.in_force_s = std::chrono::duration<double>(steady_now() - begin).count();
        ended = true;
    };
    co_await (
        until_in_force(*this, triggers, burst, done) &&
        keep_asking(
            posts, *parse_url(base + "/default/default"), event, done, burst.post_wait_ms) &&
        keep_asking(probes, *parse_url(base + "/healthz"), {}, done, burst.probe_wait_ms));
    co_return burst;
}

BrokerUnderLoad::Burst BrokerUnderLoad::burst(unsigned triggers) {
    asio::io_context io(1);
    Burst burst;
    test::run_task(
        io,
        [](BrokerUnderLoad& broker, unsigned wanted, Burst& told) -> Task<void> {
            told = co_await broker.measure_burst(wanted);
        }(*this, triggers, burst),
        120s);
    return burst;
}

}  // namespace millrace::bench
