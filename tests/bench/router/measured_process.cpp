// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/router/measured_process.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <system_error>

#include "common/base/file.hpp"

namespace millrace::bench {
namespace {

/// In the child, before exec: only async-signal-safe calls.
[[noreturn]] void become(char* const* arguments, int log, int cpu) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (cpu >= 0)
        pin_to_cpu(cpu);
    ::dup2(log, 1);
    ::dup2(log, 2);
    ::execv(arguments[0], arguments);
    ::_exit(127);
}

}  // namespace

bool pin_to_cpu(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(cpu), &set);
    return ::sched_setaffinity(0, sizeof(set), &set) == 0;
}

MeasuredProcess::MeasuredProcess(
    std::vector<std::string> words, std::filesystem::path const& log_file, int cpu) {
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    FileDescriptor const log(
        ::open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    pid_ = log.is_open() ? ::fork() : -1;
    if (pid_ == 0)
        become(arguments.data(), log.get(), cpu);
    if (pid_ < 0)
        throw std::system_error(errno, std::generic_category(), "Cannot start " + words.front());
}

MeasuredProcess::~MeasuredProcess() {
    stop();
}

nanoseconds MeasuredProcess::cpu_time() const {
    nanoseconds sum{0};
    std::error_code ignored;
    for (auto const& task :
         std::filesystem::directory_iterator("/proc/" + std::to_string(pid_) + "/task", ignored)) {
        std::int64_t ran_ns = 0;
        std::ifstream(task.path() / "schedstat") >> ran_ns;
        sum += nanoseconds(ran_ns);
    }
    return sum;
}

double MeasuredProcess::peak_mib() const {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
    for (std::string word; status >> word;) {
        if (word != "VmHWM:")
            continue;
        double kib = 0;
        status >> kib;
        return kib / 1024;
    }
    return 0;
}

void MeasuredProcess::stop() {
    if (pid_ <= 0)
        return;
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
}

}  // namespace millrace::bench
