// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "common/base/json.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/service_client.hpp"
#include "tests/support/temporary_folder.hpp"

namespace millrace::test {

/// One `millrace up` with a state folder of its own, as a process of its own.
class RunningUp {
public:
    /// `more` flags after those that make it independent of others on this machine.
    explicit RunningUp(std::vector<std::string> const& more = {});

    /// Starts it and waits until the console answers; fails the test after 30 s.
    Task<void> start() { return process.start(); }
    /// Waits for its end by itself; fails the test after 30 s. The exit code.
    Task<int> wait_for_end();
    /// Ctrl-C; the exit code, and nothing if it has not ended within 5 s.
    Task<std::optional<int>> interrupt();
    /// What it has said so far contains this, within 30 s.
    Task<bool> says(std::string text);

    std::filesystem::path state() const { return folder.path() / "state"; }
    /// {"url", "pid"} of a service.
    Json address_of(std::string const& service) const;
    std::string url_of(std::string const& service) const;
    pid_t pid_of(std::string const& service) const;
    /// A client with the token of this state; only while it runs.
    ServiceClient client();
    /// The router's view of its only source; null while it does not answer.
    Task<Json> source_status();
    /// Waits until the source's state is this; fails the test after 30 s.
    Task<void> wait_for_source(std::string wanted);
    /// Waits until a function's log contains the text; fails the test after 30 s.
    Task<void> wait_for_log(std::string function, std::string text);
    /// Waits until the broker has delivered an event of this type; fails the test after 30 s. Its
    /// row in the history.
    Task<Json> wait_for_delivery(std::string type);
    /// The command lines of all processes that know this state folder, but the test's.
    std::vector<std::string> processes() const;

    asio::io_context io;
    TemporaryFolder folder;
    ChildService process;
};

}  // namespace millrace::test
