// SPDX-License-Identifier: Apache-2.0
#include "runner/worker_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <fstream>
#include <set>
#include <string_view>

namespace millrace::runner {
namespace {

constexpr rlim_t open_files_max = 1024;
constexpr rlim_t file_bytes_max = 256UL << 20;
/// Processes a user's functions may add to what the user runs already (not enforced for root).
constexpr rlim_t processes_added_max = 256;

void limit(int resource, rlim_t value) {
    rlimit const bounds{value, value};
    ::setrlimit(static_cast<__rlimit_resource>(resource), &bounds);
}

/// Tasks of this user now: RLIMIT_NPROC counts them all.
rlim_t count_own_tasks() {
    rlim_t count = 0;
    std::error_code ignored;
    for (auto const& entry : std::filesystem::directory_iterator("/proc", ignored))
        if (std::isdigit(static_cast<unsigned char>(entry.path().filename().string()[0])) != 0)
            ++count;
    return count;
}

/// The workers that run: what of our children is no orphan. One thread.
std::set<pid_t>& workers() {
    static std::set<pid_t> pids;
    return pids;
}

struct Pipes {
    std::array<std::array<int, 2>, 4> ends{};
};

Result<Pipes> make_pipes() {
    Pipes pipes;
    for (auto& pipe : pipes.ends)
        if (::pipe2(pipe.data(), O_CLOEXEC) != 0)
            return failure(ErrorCode::unavailable, storage_error("Cannot make a pipe").detail);
    return pipes;
}

std::vector<char*> to_pointers(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

struct ChildPlan {
    std::vector<char*> arguments;
    std::vector<char*> environment;
    char const* folder = nullptr;
    rlim_t memory_bytes = 0;
    rlim_t processes = 0;
    pid_t parent = 0;
    std::array<int, 5> descriptors{};  ///< what becomes 0 to 4
};

/// Between fork and exec: only calls that are safe there. Never returns.
[[noreturn]] void become_worker(ChildPlan const& plan) {
    ::setsid();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != plan.parent)
        ::_exit(125);
    // First out of the way of 0 to 4, then into place; dup2 clears close-on-exec.
    std::array<int, 5> moved{};
    for (std::size_t i = 0; i < moved.size(); ++i)
        moved[i] = ::fcntl(plan.descriptors[i], F_DUPFD_CLOEXEC, 16);
    for (std::size_t i = 0; i < moved.size(); ++i)
        ::dup2(moved[i], static_cast<int>(i));
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, open_files_max);
    limit(RLIMIT_FSIZE, file_bytes_max);
    limit(RLIMIT_DATA, plan.memory_bytes);
    limit(RLIMIT_NPROC, plan.processes);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    ::signal(SIGPIPE, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    if (::chdir(plan.folder) == 0)
        ::execve(plan.arguments.front(), plan.arguments.data(), plan.environment.data());
    ::_exit(127);
}

}  // namespace

Result<WorkerProcess> WorkerProcess::start(
    asio::any_io_executor executor, WorkerCommand const& command) {
    auto pipes = make_pipes();
    if (!pipes)
        return std::unexpected(pipes.error());
    FileDescriptor const null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    auto& [requests, answers, output, errors] = pipes->ends;
    std::vector<std::string> arguments = command.arguments;
    std::vector<std::string> environment;
    for (auto const& [name, value] : command.environment)
        environment.push_back(name + "=" + value);
    ChildPlan plan;
    plan.arguments = to_pointers(arguments);
    plan.environment = to_pointers(environment);
    plan.folder = command.folder.c_str();
    plan.memory_bytes = command.memory_bytes_max;
    plan.processes = count_own_tasks() + processes_added_max;
    plan.parent = ::getpid();
    plan.descriptors = {null.get(), output[1], errors[1], requests[0], answers[1]};
    pid_t const pid = ::fork();
    if (pid == 0)
        become_worker(plan);
    std::vector<FileDescriptor> ours;
    for (int const end : {requests[1], answers[0], output[0], errors[0]})
        ours.emplace_back(end);
    for (int const end : {requests[0], answers[1], output[1], errors[1]})
        ::close(end);
    if (pid < 0)
        return failure(ErrorCode::unavailable, storage_error("Cannot start a worker").detail);
    return WorkerProcess(executor, pid, std::move(ours));
}

WorkerProcess::WorkerProcess(
    asio::any_io_executor const& executor, pid_t pid, std::vector<FileDescriptor> ours)
    : requests(executor, ours[0].release()),
      answers(executor, ours[1].release()),
      output(executor, ours[2].release()),
      errors(executor, ours[3].release()),
      ended_(executor, static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))),
      pid_(pid) {
    workers().insert(pid);
}

WorkerProcess::~WorkerProcess() {
    // A moved-from object owns no descriptor and no process.
    if (ended_.is_open() && !reaped_) {
        kill();
        ::waitpid(pid_, nullptr, 0);
        workers().erase(pid_);
    }
}

void WorkerProcess::kill() {
    if (reaped_)
        return;
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);
}

Task<int> WorkerProcess::wait() {
    int status = 0;
    while (!reaped_) {
        auto const [code] =
            co_await ended_.async_wait(asio::posix::stream_descriptor::wait_read, as_result);
        if (code)
            co_return -1;
        if (::waitpid(pid_, &status, WNOHANG) == pid_) {
            reaped_ = true;
            workers().erase(pid_);
            // What it left behind in its session.
            ::kill(-pid_, SIGKILL);
        }
    }
    co_return status;
}

void become_subreaper() {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

void kill_orphans() {
    std::string const self = std::to_string(::getpid());
    std::ifstream children("/proc/self/task/" + self + "/children");
    pid_t child = 0;
    while (children >> child) {
        if (workers().contains(child))
            continue;
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
    }
}

std::string describe_wait_status(int status) {
    if (WIFEXITED(status))
        return "ended with status " + std::to_string(WEXITSTATUS(status));
    if (WIFSIGNALED(status))
        return "was killed by signal " + std::to_string(WTERMSIG(status));
    return "ended";
}

}  // namespace millrace::runner
