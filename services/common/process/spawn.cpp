// SPDX-License-Identifier: Apache-2.0
#include "common/process/spawn.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "common/base/assert.hpp"

namespace millrace {
namespace {

constexpr std::size_t descriptors_max = 8;
/// Where a child's descriptors wait for their places.
constexpr int parking_place = 64;

/// "NAME=value" for execve; wiped afterwards, for secrets stand there in the clear.
class EnvironmentTexts {
public:
    explicit EnvironmentTexts(std::map<std::string, Secret> const& variables) {
        texts_.reserve(variables.size());
        for (auto const& [name, value] : variables) {
            std::string& text = texts_.emplace_back();
            text.reserve(name.size() + 1 + value.reveal().size());
            text.append(name).append(1, '=').append(value.reveal());
        }
        for (std::string& text : texts_)
            pointers_.push_back(text.data());
        pointers_.push_back(nullptr);
    }
    EnvironmentTexts(EnvironmentTexts const&) = delete;
    EnvironmentTexts& operator=(EnvironmentTexts const&) = delete;
    ~EnvironmentTexts() {
        for (std::string& text : texts_)
            ::explicit_bzero(text.data(), text.size());
    }
    char* const* pointers() const { return pointers_.data(); }

private:
    std::vector<std::string> texts_;
    std::vector<char*> pointers_;
};

/// Everything the child needs, made before the fork: after it nothing may be allocated.
struct ChildPlan {
    char* const* arguments = nullptr;
    char* const* environment = nullptr;
    char const* folder = nullptr;
    std::array<int, descriptors_max> descriptors{};
    std::size_t descriptor_count = 0;
    bool own_session = false;
    int signal_at_our_death = 0;
    std::array<std::pair<int, std::optional<rlim_t>>, 4> limits{};
    bool is_limited = false;
    FileSandbox const* sandbox = nullptr;
    pid_t parent = 0;
    int failure = -1;  ///< gets errno when the program cannot run; closed by exec
};

[[noreturn]] void give_up(ChildPlan const& plan) {
    int const reason = errno;
    // If even this cannot be written, the exit status is all there is.
    [[maybe_unused]] auto const written = ::write(plan.failure, &reason, sizeof reason);
    ::_exit(127);
}

bool set_limit(int resource, rlim_t value) {
    rlimit const bounds{value, value};
    return ::setrlimit(static_cast<__rlimit_resource>(resource), &bounds) == 0;
}

bool apply_limits(ChildPlan const& plan) {
    if (!plan.is_limited)
        return true;
    for (auto const& [resource, value] : plan.limits)
        if (value && !set_limit(resource, *value))
            return false;
    return set_limit(RLIMIT_CORE, 0) && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

/// First out of the way of their places, then into them: dup2 clears close-on-exec.
bool place_descriptors(ChildPlan& plan) {
    for (std::size_t i = 0; i < plan.descriptor_count; ++i) {
        plan.descriptors[i] = ::fcntl(plan.descriptors[i], F_DUPFD_CLOEXEC, parking_place);
        if (plan.descriptors[i] < 0)
            return false;
    }
    plan.failure = ::fcntl(plan.failure, F_DUPFD_CLOEXEC, parking_place);
    for (std::size_t i = 0; i < plan.descriptor_count; ++i)
        if (::dup2(plan.descriptors[i], static_cast<int>(i)) < 0)
            return false;
    // What others left open without close-on-exec is none of the child's business.
    auto const first = std::max<unsigned>(3, static_cast<unsigned>(plan.descriptor_count));
    return ::syscall(SYS_close_range, first, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

/// Between fork and exec: only calls that are safe there. Never returns.
[[noreturn]] void become(ChildPlan plan) {
    if (plan.own_session)
        ::setsid();
    else
        ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, plan.signal_at_our_death);
    // We died before the line above: nobody would send that signal any more.
    if (::getppid() != plan.parent)
        ::_exit(125);
    ::signal(SIGPIPE, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    if (!place_descriptors(plan) || (plan.folder != nullptr && ::chdir(plan.folder) != 0))
        give_up(plan);
    if (!apply_limits(plan) || (plan.sandbox != nullptr && !plan.sandbox->enter()))
        give_up(plan);
    ::execve(plan.arguments[0], plan.arguments, plan.environment);
    give_up(plan);
}

/// The errno that kept the child from running; 0: it runs.
int await_exec(int from) {
    int reason = 0;
    ssize_t got = 0;
    do {
        got = ::read(from, &reason, sizeof reason);
    } while (got < 0 && errno == EINTR);
    return got == static_cast<ssize_t>(sizeof reason) ? reason : 0;
}

Error not_started(ChildCommand const& command, int reason) {
    errno = reason;
    return {ErrorCode::unavailable, storage_error("Cannot start " + command.arguments[0]).detail};
}

ChildPlan plan_of(ChildCommand const& command) {
    ChildPlan plan;
    plan.folder = command.folder.empty() ? nullptr : command.folder.c_str();
    plan.descriptor_count = command.descriptors.size();
    std::copy(command.descriptors.begin(), command.descriptors.end(), plan.descriptors.begin());
    plan.own_session = command.own_session;
    plan.signal_at_our_death = command.signal_at_our_death;
    plan.limits = {
        {{RLIMIT_DATA, command.limits.memory_bytes},
         {RLIMIT_NOFILE, command.limits.open_files},
         {RLIMIT_FSIZE, command.limits.file_bytes},
         {RLIMIT_NPROC, command.limits.threads_of_user}}};
    for (auto const& [resource, value] : plan.limits)
        plan.is_limited = plan.is_limited || value.has_value();
    plan.sandbox = command.sandbox;
    plan.parent = ::getpid();
    return plan;
}

}  // namespace

Result<pid_t> spawn_child(ChildCommand const& command) {
    MILLRACE_ASSERT(!command.arguments.empty() && command.descriptors.size() <= descriptors_max);
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return std::unexpected(not_started(command, errno));
    FileDescriptor const failure_from(ends[0]);
    FileDescriptor failure_to(ends[1]);
    std::vector<std::string> arguments = command.arguments;
    std::vector<char*> pointers;
    for (std::string& argument : arguments)
        pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    EnvironmentTexts const environment(
        command.environment.value_or(std::map<std::string, Secret>()));
    ChildPlan plan = plan_of(command);
    plan.arguments = pointers.data();
    plan.environment = command.environment ? environment.pointers() : environ;
    plan.failure = failure_to.get();
    pid_t const pid = ::fork();
    if (pid == 0)
        become(plan);
    int const fork_reason = errno;
    failure_to.close();
    if (pid < 0)
        return std::unexpected(not_started(command, fork_reason));
    if (int const reason = await_exec(failure_from.get()); reason != 0) {
        ::waitpid(pid, nullptr, 0);
        return std::unexpected(not_started(command, reason));
    }
    return pid;
}

std::string describe_wait_status(int status) {
    if (WIFEXITED(status))
        return "ended with status " + std::to_string(WEXITSTATUS(status));
    if (WIFSIGNALED(status))
        return "was killed by signal " + std::to_string(WTERMSIG(status));
    return "ended";
}

}  // namespace millrace
