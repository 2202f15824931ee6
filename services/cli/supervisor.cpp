// SPDX-License-Identifier: Apache-2.0
#include "cli/supervisor.hpp"

#include <fcntl.h>
#include <signal.h>

#include "common/base/backoff.hpp"
#include "common/base/file.hpp"
#include "common/base/json.hpp"
#include "common/net/http_client.hpp"

namespace millrace::cli {
namespace {

constexpr milliseconds ready_limit = 30s;
constexpr milliseconds probe_interval = 20ms;
constexpr milliseconds restart_base = 500ms;
constexpr milliseconds restart_ceiling = 30s;
/// A service that ran this long is healthy again: its next restart is quick.
constexpr seconds healthy_after = 60s;
constexpr std::size_t address_bytes_max = 4096;
constexpr std::size_t log_bytes_max = 64UL << 20;

/// A service started by us: its output goes to its log, and it gets SIGTERM if we die.
Result<ChildProcess> start_service(
    asio::any_io_executor executor, std::vector<std::string> arguments,
    std::filesystem::path const& log_file) {
    FileDescriptor const log(
        ::open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!log.is_open())
        return std::unexpected(storage_error("Cannot open " + log_file.string()));
    FileDescriptor const null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    ChildCommand command;
    command.arguments = std::move(arguments);
    command.descriptors = {null.get(), log.get(), log.get()};
    command.signal_at_our_death = SIGTERM;
    return ChildProcess::start(std::move(executor), command);
}

Task<std::string> end_of(ChildProcess& process) {
    co_return describe_wait_status(co_await process.wait());
}

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(width, text.size()), ' ');
    return text;
}

}  // namespace

Supervisor::Supervisor(
    asio::any_io_executor executor, Folders folders, Say say, OnRestarted on_restarted)
    : executor_(executor),
      folders_(std::move(folders)),
      say_(std::move(say)),
      on_restarted_(std::move(on_restarted)),
      tasks_(executor) {}

std::filesystem::path Supervisor::log_file(Running const& running) const {
    return folders_.logs / (running.planned.name + ".log");
}

std::string Supervisor::last_lines(Running const& running) const {
    auto const text = read_file(log_file(running), log_bytes_max);
    if (!text)
        return {};
    std::string_view lines = *text;
    while (lines.ends_with('\n'))
        lines.remove_suffix(1);
    std::size_t from = lines.size();
    for (int count = 0; count < 6 && from != std::string_view::npos; ++count)
        from = from == 0 ? std::string_view::npos : lines.rfind('\n', from - 1);
    return std::string(from == std::string_view::npos ? lines : lines.substr(from + 1));
}

Result<void> Supervisor::launch(Running& running) {
    std::vector<std::string> arguments = running.planned.arguments;
    if (running.planned.is_millrace) {
        arguments.emplace_back("--listen");
        arguments.push_back(running.planned.listen);
    }
    std::error_code ignored;
    std::filesystem::remove(running.planned.address_file, ignored);
    auto started = start_service(executor_, std::move(arguments), log_file(running));
    if (!started)
        return std::unexpected(started.error());
    running.process.emplace(std::move(*started));
    running.started = steady_now();
    return {};
}

/// A record that cannot be written costs nobody a service.
void Supervisor::write_record() {
    if (auto const written = write_restart_record(folders_.run, record_); !written)
        say_("How often services were restarted is not noted: " + written.error().detail);
}

/// The URL it listens at.
Task<Result<std::string>> Supervisor::wait_until_ready(Running& running) {
    HttpClient client(executor_, {});
    auto const deadline = steady_now() + ready_limit;
    std::string reason = "it has not said where it listens";
    while (steady_now() < deadline) {
        auto const text = read_file(running.planned.address_file, address_bytes_max);
        auto const address = text ? parse_json(*text) : Result<Json>(Json());
        std::string const url = address ? string_at(*address, "url") : "";
        if (!url.empty() && !running.planned.is_millrace)
            co_return url;
        if (auto const parsed = parse_url(url + running.planned.probe); parsed) {
            auto const answer = co_await client.send(*parsed, HttpRequest(), 2s);
            if (answer && answer->status == 200)
                co_return url;
            reason = answer ? answer->body : answer.error().detail;
        }
        // The keeper tells; here it is enough not to wait longer.
        if (running.process->has_ended())
            break;
        if (auto const slept = co_await sleep_for(probe_interval); !slept)
            co_return std::unexpected(slept.error());
    }
    co_return failure(ErrorCode::timed_out, reason);
}

Task<Result<void>> Supervisor::start(PlannedService planned) {
    services_.push_back(std::make_unique<Running>());
    Running& running = *services_.back();
    running.planned = std::move(planned);
    if (auto launched = launch(running); !launched)
        co_return std::unexpected(launched.error());
    using namespace asio::experimental::awaitable_operators;
    auto first = co_await (wait_until_ready(running) || end_of(*running.process));
    std::string const name = running.planned.name;
    if (first.index() == 1)
        co_return failure(
            ErrorCode::unavailable, name + " " + std::get<1>(first) + ":\n" + last_lines(running));
    auto const& url = std::get<0>(first);
    if (!url)
        co_return failure(
            ErrorCode::timed_out, name + " was not ready within 30 s: " + url.error().detail +
                                      "\n" + last_lines(running));
    // Another port after a restart would leave the others talking to nobody.
    if (auto const parsed = parse_url(*url); parsed && running.planned.is_millrace)
        running.planned.listen = parsed->host + ":" + parsed->port;
    record_.try_emplace(name);
    write_record();
    say_(padded(name, 11) + "ready   " + *url);
    tasks_.spawn("keep " + name, keep(running));
    co_return Result<void>();
}

Task<void> Supervisor::keep(Running& running) {
    std::string const name = padded(running.planned.name, 11);
    for (;;) {
        std::string const end = co_await end_of(*running.process);
        if (stopping_)
            co_return;
        if (steady_now() - running.started > healthy_after)
            running.restarts = 0;
        auto const pause = backoff(++running.restarts, restart_base, restart_ceiling);
        say_(
            name + end + "; starting it again in " + std::to_string(pause.count()) +
            " ms (log: " + log_file(running).string() + ")");
        if (auto const slept = co_await sleep_for(pause); !slept || stopping_)
            co_return;
        if (auto const launched = launch(running); !launched) {
            say_(name + "cannot be started: " + launched.error().detail);
            continue;
        }
        auto& [count, last] = record_[running.planned.name];
        ++count;
        last = system_now();
        write_record();
        using namespace asio::experimental::awaitable_operators;
        auto const first = co_await (wait_until_ready(running) || end_of(*running.process));
        bool const ready = first.index() == 0 && std::get<0>(first);
        if (!ready)
            continue;
        say_(name + "ready again");
        co_await on_restarted_(running.planned.name);
    }
}

Task<void> Supervisor::stop(nanoseconds limit) {
    stopping_ = true;
    auto const deadline = steady_now() + std::chrono::duration_cast<SteadyTime::duration>(limit);
    for (auto service = services_.rbegin(); service != services_.rend(); ++service)
        if ((*service)->process)
            (*service)->process->signal(SIGTERM);
    for (auto& service : services_) {
        if (!service->process)
            continue;
        auto wait = [](ChildProcess& process) -> Task<Result<std::string>> {
            co_return co_await end_of(process);
        };
        auto const left = std::max<nanoseconds>(deadline - steady_now(), 1ms);
        if (auto const ended = co_await with_timeout(wait(*service->process), left); ended)
            continue;
        say_(service->planned.name + " did not stop in time and is killed");
        service->process->signal(SIGKILL);
        co_await service->process->wait();
    }
    co_await tasks_.stop();
}

}  // namespace millrace::cli
