// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/up_plan.hpp"
#include "common/net/task_group.hpp"
#include "common/process/child_process.hpp"
#include "common/service/restart_record.hpp"

namespace millrace::cli {

/// Starts planned services one after the other, restarts those that die, stops all in order. Says
/// what happens in lines through `say`, and notes in the run folder how often each was restarted.
class Supervisor {
public:
    using Say = std::function<void(std::string const& line)>;
    /// Called when a service that had died is ready again.
    using OnRestarted = std::function<Task<void>(std::string const& name)>;

    struct Folders {
        std::filesystem::path logs;
        std::filesystem::path run;
    };
    Supervisor(asio::any_io_executor executor, Folders folders, Say say, OnRestarted on_restarted);

    /// Starts one service and waits until it is ready; from then on it is kept running. Errors: it
    /// ended, with the last lines of its log, or was not ready within 30 s.
    Task<Result<void>> start(PlannedService planned);
    /// Asks all to end, the last started first, and kills what is left after `limit`.
    Task<void> stop(nanoseconds limit);

private:
    struct Running {
        PlannedService planned;
        std::optional<ChildProcess> process;
        unsigned restarts = 0;  ///< since it last was healthy
        SteadyTime started;
    };

    Result<void> launch(Running& running);
    void write_record();
    Task<Result<std::string>> wait_until_ready(Running& running);
    Task<void> keep(Running& running);
    std::string last_lines(Running const& running) const;
    std::filesystem::path log_file(Running const& running) const;

    asio::any_io_executor executor_;
    Folders folders_;
    Say say_;
    OnRestarted on_restarted_;
    std::vector<std::unique_ptr<Running>> services_;
    RestartRecord record_;
    bool stopping_ = false;
    TaskGroup tasks_;
};

}  // namespace millrace::cli
