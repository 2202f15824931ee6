// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/broker/broker_under_load.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

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

BrokerUnderLoad::BrokerUnderLoad(std::filesystem::path folder, std::uint16_t subscriber_port)
    : folder_(std::move(folder)) {
    write_objects(subscriber_port);
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

double BrokerUnderLoad::peak_mib() const {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
    std::string line;
    while (std::getline(status, line))
        if (line.starts_with("VmHWM:"))
            return std::stod(line.substr(6)) / 1024;
    return 0;
}

}  // namespace millrace::bench
