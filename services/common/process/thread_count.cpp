// SPDX-License-Identifier: Apache-2.0
#include "common/process/thread_count.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <string>

namespace millrace {
namespace {

bool is_ours(std::filesystem::path const& process) {
    struct stat about{};
    return ::stat(process.c_str(), &about) == 0 && about.st_uid == ::geteuid();
}

/// Field 20 of /proc/<pid>/stat (proc_pid_stat(5)); the name before it may hold anything, but ends
/// with the last parenthesis. 0 when the process has ended meanwhile.
std::uint64_t threads_of(std::filesystem::path const& process) {
    constexpr int fields_between = 17;
    std::ifstream file(process / "stat");
    std::string line;
    std::getline(file, line);
    auto at = line.rfind(')');
    for (int field = 0; field <= fields_between && at != std::string::npos; ++field)
        at = line.find(' ', at + 1);
    std::uint64_t count = 0;
    if (at != std::string::npos) {
        auto const [stop, error] =
            std::from_chars(line.data() + at + 1, line.data() + line.size(), count);
        if (error != std::errc())
            return 0;
    }
    return count;
}

}  // namespace

std::uint64_t count_threads_of_user() {
    std::uint64_t count = 0;
    std::error_code error;
    std::filesystem::directory_iterator process("/proc", error);
    for (; !error && process != std::filesystem::directory_iterator(); process.increment(error)) {
        std::string const name = process->path().filename().string();
        if (name.find_first_not_of("0123456789") == std::string::npos && is_ours(process->path()))
            count += threads_of(process->path());
    }
    return count;
}

}  // namespace millrace
