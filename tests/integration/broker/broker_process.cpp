// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/broker/broker_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/file.hpp"
#include "common/base/json.hpp"
#include "common/net/http_client.hpp"
#include "tests/support/catch.hpp"

namespace millrace::test {
namespace {

/// In the child: what it needs before exec. Only async-signal-safe calls.
[[noreturn]] void become(std::vector<char*> const& arguments, int log, std::uint64_t bytes_max) {
    ::dup2(log, 1);
    ::dup2(log, 2);
    if (bytes_max > 0) {
        ::signal(SIGXFSZ, SIG_IGN);
        rlimit const limit{bytes_max, RLIM_INFINITY};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
}

}  // namespace

BrokerProcess::BrokerProcess(std::filesystem::path state, Options options)
    : state_(std::move(state)),
      options_(std::move(options)) {
    REQUIRE(write_file_atomic(state_ / "token", token_, 0600));
}

BrokerProcess::~BrokerProcess() {
    kill_hard();
    // What a sanitizer found in the process would else be gone with the folder.
    std::string const log = read_file(state_ / "broker.log", 16 << 20).value_or("");
    for (char const* sign : {"Sanitizer", "runtime error:"})
        if (std::size_t const at = log.find(sign); at != std::string::npos)
            FAIL_CHECK(log.substr(at < 200 ? 0 : at - 200, 6000));
}

void BrokerProcess::spawn() {
    std::filesystem::remove(state_ / "address.json");
    std::vector<std::string> words = {
        std::string(MILLRACE_BINARY_DIR) + "/millrace-broker", "--state=" + state_.string(),
        "--address-file=" + (state_ / "address.json").string(),
        "--api-token-file=" + (state_ / "token").string()};
    words.insert(words.end(), options_.flags.begin(), options_.flags.end());
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    FileDescriptor const log(
        ::open((state_ / "broker.log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    pid_ = ::fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0)
        become(arguments, log.get(), options_.file_bytes_max);
}

Task<bool> BrokerProcess::is_ready() {
    auto const text = read_file(state_ / "address.json", 4096);
    if (!text)
        co_return false;
    auto const address = parse_json(*text);
    if (!address)
        co_return false;
    url_ = string_at(*address, "url");
    auto const target = parse_url(url_ + "/readyz");
    if (!target)
        co_return false;
    HttpClient client(co_await asio::this_coro::executor, {});
    auto const answer = co_await client.send(*target, HttpRequest(), 2s);
    co_return answer.has_value() && answer->status == 200;
}

Task<void> BrokerProcess::start() {
    spawn();
    SteadyTime const deadline = steady_now() + 20s;
    while (!co_await is_ready()) {
        if (steady_now() > deadline)
            FAIL(
                "The broker does not become ready: "
                << read_file(state_ / "broker.log", 1 << 20).value_or("no log"));
        co_await sleep_for(5ms);
    }
}

int BrokerProcess::wait_for_end() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void BrokerProcess::kill_hard() {
    if (pid_ <= 0)
        return;
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
        pid_ = 0;
        FAIL_CHECK(
            "The broker ended by itself, status "
            << status << ": " << read_file(state_ / "broker.log", 16 << 20).value_or("no log"));
        return;
    }
    ::kill(pid_, SIGKILL);
    wait_for_end();
}

int BrokerProcess::stop() {
    ::kill(pid_, SIGTERM);
    return wait_for_end();
}

void BrokerProcess::set_file_bytes_max(std::uint64_t bytes) const {
    rlimit const limit{bytes, RLIM_INFINITY};
    REQUIRE(::prlimit(pid_, RLIMIT_FSIZE, &limit, nullptr) == 0);
}

}  // namespace millrace::test
