// SPDX-License-Identifier: Apache-2.0
#include "cli/up.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>

#include "cli/password_prompt.hpp"
#include "cli/supervisor.hpp"
#include "cli/up_checks.hpp"
#include "cli/up_objects.hpp"
#include "cli/up_powershell.hpp"
#include "common/base/encoding.hpp"
#include "common/base/file.hpp"
#include "common/base/log.hpp"
#include "common/kube/directory/directory_store.hpp"

namespace millrace::cli {
namespace {

constexpr std::size_t small_file_bytes_max = 64 * 1024;
/// Ctrl-C to the prompt in 5 s: what is killed after this loses nothing, it is only less tidy.
constexpr milliseconds stop_limit = 4500ms;

void say(std::string const& line) {
    std::fputs((line + "\n").c_str(), stdout);
    std::fflush(stdout);
}

std::string trimmed_line(std::string text) {
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.pop_back();
    return text;
}

std::string read_small(std::filesystem::path const& file) {
    auto content = read_file(file, small_file_bytes_max);
    if (!content)
        throw StartupError(content.error().detail);
    return std::move(*content);
}

/// What of the source is known before anything runs.
SourceAddress given_source(UpOptions const& options) {
    SourceAddress source;
    source.url = options.vcenter;
    source.user = options.user;
    source.verify_tls = options.verify_tls;
    if (options.source != SourceMode::vcenter)
        return source;
    source.password = options.password_file.empty()
                          ? ask_password(options.user)
                          : Secret(trimmed_line(read_small(options.password_file)));
    if (!options.authorities_file.empty())
        source.authorities_pem = read_small(options.authorities_file);
    return source;
}

/// The rest of it, once the simulator or vcsim runs.
Result<void> read_started_source(UpOptions const& options, SourceAddress& source) {
    auto const text = read_file(options.state / "run" / "vcenter.json", small_file_bytes_max);
    auto const address = text ? parse_json(*text) : Result<Json>(std::unexpected(text.error()));
    auto pem = read_file(options.state / "run" / "vcenter.pem", small_file_bytes_max);
    if (!address)
        return std::unexpected(address.error());
    if (!pem)
        return std::unexpected(pem.error());
    source.url = string_at(*address, "url");
    source.user = string_at(*address, "username", "user");
    source.password = Secret(string_at(*address, "password", "millrace"));
    source.operations_url = string_at(*address, "vropsUrl");
    source.operations_user = string_at(*address, "vropsUsername");
    source.authorities_pem = std::move(*pem);
    return {};
}

/// Folders, the token, and the lock that keeps a second `up` away from this state.
FileDescriptor prepare_state(UpOptions const& options) {
    // The state itself first: what is in it is its user's alone.
    for (auto const& folder : {options.state, options.state / "run", options.state / "logs"})
        if (auto made = make_directories(folder, 0700); !made)
            throw StartupError("--state: " + made.error().detail);
    std::filesystem::path const lock_path = options.state / "run" / "lock";
    FileDescriptor lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock.is_open() || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
        throw StartupError(
            "Millrace runs already with " + options.state.string() +
            "; stop it, or choose another --state.");
    std::error_code ignored;
    auto const logs = list_folder(options.state / "logs");
    if (!logs && logs.error().code != ErrorCode::not_found)
        throw StartupError(logs.error().detail);
    for (std::filesystem::path const& log : logs.value_or(std::vector<std::filesystem::path>()))
        if (log.extension() == ".log")
            std::filesystem::rename(log, log.string() + ".1", ignored);
    std::filesystem::remove(options.state / "run" / "login-url", ignored);
    auto const token = write_file_atomic(
        options.state / "run" / "token", hex_encode(random_bytes(24)) + "\n", 0600);
    if (!token)
        throw StartupError(token.error().detail);
    return lock;
}

class Up {
public:
    Up(asio::io_context& io, UpOptions options, SourceAddress source, PowerShellStart powershell)
        : options_(std::move(options)),
          source_(std::move(source)),
          powershell_(std::move(powershell)),
          store_(io.get_executor(), options_.state),
          supervisor_(
              io.get_executor(), {options_.state / "logs", options_.state / "run"}, say,
              [this](std::string const& name) { return restarted(name); }) {}

    Task<Result<void>> start() {
        for (PlannedService& planned : plan_services(options_, powershell_.is_ready)) {
            std::string const name = planned.name;
            if (auto const started = co_await supervisor_.start(std::move(planned)); !started)
                co_return started;
            bool const source_runs = is_source(name);
            if (source_runs)
                if (auto const read = read_started_source(options_, source_); !read)
                    co_return read;
            bool const objects_due = source_runs || (name == "broker" && !applied_);
            if (!objects_due)
                continue;
            applied_ = true;
            if (auto const applied = co_await apply_objects(store_, options_, source_); !applied)
                co_return applied;
        }
        say((powershell_.is_ready ? "Functions may use " : "Functions in PowerShell do not run. ") +
            powershell_.said + (powershell_.is_ready ? "." : ""));
        auto const url = read_file(options_.state / "run" / "login-url", small_file_bytes_max);
        say("\nOpen " + trimmed_line(url.value_or("http://" + options_.console_listen)));
        say("The link works once. Ctrl-C stops everything; nothing is lost.\n");
        co_return Result<void>();
    }

    Task<void> stop() { co_await supervisor_.stop(stop_limit); }

private:
    static bool is_source(std::string const& name) {
        return name == "simulator" || name == "vcsim";
    }

    /// A simulated vCenter has another port and certificate after a restart: the objects that name
    /// them follow.
    Task<void> restarted(std::string name) {
        if (!is_source(name))
            co_return;
        auto done = read_started_source(options_, source_);
        if (done)
            done = co_await apply_objects(store_, options_, source_);
        if (!done)
            say(name + ": its new address was not noted: " + done.error().detail);
    }

    UpOptions options_;
    SourceAddress source_;
    PowerShellStart powershell_;
    DirectoryStore store_;
    Supervisor supervisor_;
    bool applied_ = false;
};

/// Starts, waits for a signal, stops. The exit code.
Task<int> run_until_signal(Up& up, asio::signal_set& signals) {
    using namespace asio::experimental::awaitable_operators;
    int code = 0;
    auto const first = co_await (up.start() || signals.async_wait(as_result));
    if (first.index() == 0 && !std::get<0>(first)) {
        say("\nNot started: " + std::get<0>(first).error().detail);
        code = 1;
    } else if (first.index() == 0) {
        co_await signals.async_wait(as_result);
    }
    say("Stopping.");
    co_await up.stop();
    say("Stopped.");
    co_return code;
}

int serve(UpOptions options) {
    asio::io_context io(1);
    SourceAddress source = given_source(options);
    FileDescriptor const lock = prepare_state(options);
    if (!options.powershell.empty())
        say("Preparing PowerShell, which takes some seconds the first time.");
    auto powershell = prepare_powershell(options);
    if (!powershell)
        throw StartupError("Not started:\n--powershell: " + powershell.error().detail);
    Up up(io, std::move(options), std::move(source), std::move(*powershell));
    asio::signal_set signals(io, SIGINT, SIGTERM);
    int code = 1;
    asio::co_spawn(io, run_until_signal(up, signals), [&](std::exception_ptr failure, int ended) {
        if (failure)
            std::rethrow_exception(failure);
        code = ended;
        io.stop();
    });
    io.run();
    return code;
}

}  // namespace

int run_up(std::vector<std::string> const& command_line) {
    auto const flags = parse_flags_leniently(up_flags(), command_line);
    if (flags.values.boolean("help")) {
        std::fputs(describe_flags("millrace up [--flag VALUE ...]", up_flags()).c_str(), stdout);
        return 0;
    }
    std::error_code ignored;
    auto const programs = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
    auto options = read_up_options(flags.values, programs);
    Faults faults = flags.faults;
    if (!options)
        faults.insert(faults.end(), options.error().begin(), options.error().end());
    if (faults.empty())
        faults = check_start(*options);
    std::string text = faults.empty() ? "" : to_string(faults) + "\n";
    if (options)
        text += check_objects_by_services(*options);
    if (!text.empty()) {
        std::fprintf(stderr, "Not started:\n%s", text.c_str());
        return 2;
    }
    std::signal(SIGPIPE, SIG_IGN);
    log::configure("up", log::Level::warn, log::Format::text);
    try {
        return serve(std::move(*options));
    } catch (StartupError const& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 2;
    }
}

}  // namespace millrace::cli
