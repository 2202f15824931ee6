// SPDX-License-Identifier: Apache-2.0
#include "cli/child_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/file.hpp"

namespace millrace::cli {
namespace {

/// Between fork and exec: only calls that are safe there.
[[noreturn]] void become_service(char* const* arguments, int log, int null, pid_t parent) {
    // A group of its own: Ctrl-C reaches only us, and we stop the services in order.
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent)
        ::_exit(125);
    ::dup2(null, 0);
    ::dup2(log, 1);
    ::dup2(log, 2);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execv(arguments[0], arguments);
    ::_exit(127);
}

std::string describe(int status) {
    if (WIFSIGNALED(status))
        return "was killed by signal " + std::to_string(WTERMSIG(status));
    return "ended with status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Result<ChildProcess> ChildProcess::start(
    asio::any_io_executor executor, std::vector<std::string> arguments,
    std::filesystem::path const& log_file) {
    FileDescriptor const log(
        ::open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    FileDescriptor const null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!log.is_open())
        return std::unexpected(storage_error("Cannot open " + log_file.string()));
    std::vector<char*> pointers;
    for (std::string& argument : arguments)
        pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    pid_t const parent = ::getpid();
    pid_t const pid = ::fork();
    if (pid == 0)
        become_service(pointers.data(), log.get(), null.get(), parent);
    if (pid < 0)
        return failure(
            ErrorCode::unavailable, storage_error("Cannot start " + arguments.front()).detail);
    return ChildProcess(executor, pid);
}

ChildProcess::ChildProcess(asio::any_io_executor const& executor, pid_t pid)
    : ended_(executor, static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))),
      pid_(pid) {}

ChildProcess::~ChildProcess() {
    // A moved-from object owns no descriptor and no process.
    if (!ended_.is_open() || reaped_)
        return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

void ChildProcess::signal(int number) const {
    if (!reaped_)
        ::kill(pid_, number);
}

Task<std::string> ChildProcess::wait() {
    while (!reaped_) {
        auto const [code] =
            co_await ended_.async_wait(asio::posix::stream_descriptor::wait_read, as_result);
        if (code)
            co_return "was left";
        // Another waiter may have been first.
        if (!reaped_)
            reaped_ = ::waitpid(pid_, &status_, WNOHANG) == pid_;
    }
    co_return describe(status_);
}

}  // namespace millrace::cli
