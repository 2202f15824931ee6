// SPDX-License-Identifier: Apache-2.0
#include "tests/support/child_service.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "common/base/file.hpp"
#include "common/base/json.hpp"
#include "common/net/http_client.hpp"
#include "common/process/spawn.hpp"
#include "tests/support/catch.hpp"

namespace millrace::test {
namespace {

constexpr milliseconds ready_limit = 30s;
constexpr milliseconds stop_limit = 10s;
constexpr milliseconds poll_interval = 5ms;
constexpr std::size_t log_bytes_max = 64UL << 20;

int exit_code(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

void ChildService::spawn() {
    REQUIRE(pid_ == 0);
    std::error_code ignored;
    if (!launch_.address_file.empty())
        std::filesystem::remove(launch_.address_file, ignored);
    std::vector<std::string> words = {launch_.program.string()};
    words.insert(words.end(), launch_.arguments.begin(), launch_.arguments.end());
    if (launch_.has_listen_flag)
        words.push_back("--listen=" + listen_);
    FileDescriptor const log(
        ::open(launch_.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    REQUIRE(log.is_open());
    ChildCommand command;
    command.arguments = std::move(words);
    command.descriptors = {STDIN_FILENO, log.get(), log.get()};
    auto const pid = spawn_child(command);
    INFO((pid ? "" : pid.error().detail));
    REQUIRE(pid);
    pid_ = *pid;
}

Task<bool> ChildService::is_ready() {
    auto const text = read_file(launch_.address_file, 4096);
    auto const address = text ? parse_json(*text) : failure(ErrorCode::not_found, "");
    auto const base = address ? parse_url(string_at(*address, "url"))
                              : Result<Url>(failure(ErrorCode::not_found, ""));
    if (!base)
        co_return false;
    url_ = string_at(*address, "url");
    // The others know its address: after a restart it is where it was.
    listen_ = base->host + ":" + base->port;
    auto const probe = parse_url(url_ + launch_.probe);
    if (launch_.probe.empty() || !probe)
        co_return launch_.probe.empty();
    HttpClient client(co_await asio::this_coro::executor, {});
    auto const answer = co_await client.send(*probe, HttpRequest(), 2s);
    co_return answer.has_value() && answer->status == 200;
}

Task<void> ChildService::wait_until_ready() {
    SteadyTime const deadline = steady_now() + ready_limit;
    while (!co_await is_ready()) {
        bool const has_ended = ::waitpid(pid_, nullptr, WNOHANG) == pid_;
        if (has_ended)
            pid_ = 0;
        if (has_ended || steady_now() > deadline)
            FAIL(launch_.program << (has_ended ? " ended: " : " does not become ready: ") << log());
        co_await sleep_for(poll_interval);
    }
}

Task<void> ChildService::start() {
    spawn();
    co_await wait_until_ready();
}

void ChildService::signal(int number) const {
    if (pid_ > 0)
        ::kill(pid_, number);
}

void ChildService::kill_hard() {
    if (pid_ <= 0)
        return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
}

Task<std::optional<int>> ChildService::wait_for_end(nanoseconds limit) {
    asio::posix::stream_descriptor ended(
        co_await asio::this_coro::executor, static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    auto wait = [](asio::posix::stream_descriptor& on) -> Task<Result<void>> {
        co_await on.async_wait(asio::posix::stream_descriptor::wait_read, as_result);
        co_return Result<void>();
    };
    if (!co_await with_timeout(wait(ended), limit))
        co_return std::nullopt;
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
    co_return exit_code(status);
}

Task<int> ChildService::stop() {
    signal(SIGTERM);
    auto const code = co_await wait_for_end(stop_limit);
    if (!code)
        FAIL(launch_.program << " has not ended 10 s after SIGTERM: " << log());
    co_return *code;
}

std::string ChildService::log() const {
    return read_file(launch_.log_file, log_bytes_max).value_or("no log");
}

}  // namespace millrace::test
