// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "common/net/task.hpp"

namespace millrace::test {

/// The real millrace-broker as a process of its own.
class BrokerProcess {
public:
    struct Options {
        std::vector<std::string> flags;
        std::uint64_t file_bytes_max = 0;  ///< RLIMIT_FSIZE at start; 0: none
    };
    BrokerProcess(std::filesystem::path state, Options options);
    ~BrokerProcess();

    /// Starts it and waits until it is ready; fails the test after 20 s.
    Task<void> start();
    /// kill -9.
    void kill_hard();
    /// SIGTERM; returns the exit code.
    int stop();
    /// Changes RLIMIT_FSIZE of the running process: a disk that is full, or has space again.
    void set_file_bytes_max(std::uint64_t bytes) const;

    std::string const& url() const { return url_; }
    std::string const& token() const { return token_; }
    bool is_running() const { return pid_ > 0; }

private:
    void spawn();
    Task<bool> is_ready();
    int wait_for_end();

    std::filesystem::path state_;
    Options options_;
    std::string token_ = "0123456789abcdef0123456789abcdef";
    std::string url_;
    pid_t pid_ = 0;
};

}  // namespace millrace::test
