// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/net/task.hpp"

namespace millrace::test {

/// What to start and where it says what.
struct ChildLaunch {
    std::filesystem::path program;
    std::vector<std::string> arguments;
    std::filesystem::path log_file;      ///< its standard output and error are appended
    std::filesystem::path address_file;  ///< {"url": ...} once it listens; empty: it has none
    bool has_listen_flag = true;         ///< --listen is added: any port first, then the same
    std::string probe = "/readyz";       ///< answered 200 when it can be used; empty: none
};

/// A program as a process of its own, as the tests of whole systems need it. It is killed with the
/// object, and by the kernel if the test dies.
class ChildService {
public:
    explicit ChildService(ChildLaunch launch) : launch_(std::move(launch)) {}
    ChildService(ChildService const&) = delete;
    ChildService& operator=(ChildService const&) = delete;
    ~ChildService() { kill_hard(); }

    /// Starts it and does not wait. Fails the test if the system cannot.
    void spawn();
    /// Starts it and waits until it answers its probe; fails the test after 30 s or when it ends.
    Task<void> start();
    /// Waits until it answers its probe, as start() does.
    Task<void> wait_until_ready();

    void signal(int number) const;
    /// kill -9, and reaped.
    void kill_hard();
    /// Waits for its end: the exit code, or 128 + the signal. Nothing if it still runs after
    /// `limit`.
    Task<std::optional<int>> wait_for_end(nanoseconds limit);
    /// SIGTERM, then wait_for_end; fails the test if it has not ended after 10 s.
    Task<int> stop();

    pid_t pid() const { return pid_; }
    bool is_running() const { return pid_ > 0; }
    /// Where it listens, once it has been ready.
    std::string const& url() const { return url_; }
    std::string log() const;

private:
    Task<bool> is_ready();

    ChildLaunch launch_;
    std::string listen_ = "127.0.0.1:0";
    std::string url_;
    pid_t pid_ = 0;
};

/// Polls `condition` each 10 ms; false if it does not hold within `limit`.
template <class Condition>
Task<bool> comes_true(Condition condition, nanoseconds limit) {
    SteadyTime const deadline =
        steady_now() + std::chrono::duration_cast<SteadyTime::duration>(limit);
    while (!condition()) {
        if (steady_now() > deadline)
            co_return false;
        co_await sleep_for(10ms);
    }
    co_return true;
}

}  // namespace millrace::test
