// SPDX-License-Identifier: Apache-2.0
#include "configurator/command_steps.hpp"

#include "configurator/command_line.hpp"
#include "configurator/follow/configure.hpp"
#include "configurator/host/system_host.hpp"

namespace millrace::configurator {

int told(ConfigurationMachine const& machine, Result<bool> const& done) {
    for (StepReport const& report : machine.reports())
        if (!report.problem.empty())
            complain(report.problem);
    if (!done)
        return complain(done.error().detail);
    return *done ? well : step_failed;
}

int perform_all(std::vector<Step> steps) {
    SystemHost host("/");
    std::set<std::string> completed;
    for (Step const& step : steps)
        completed.insert(step.id);
    ConfigurationMachine machine(std::move(steps), std::move(completed));
    return told(machine, perform(machine, host, [](auto const&) { return Result<void>(); }));
}

}  // namespace millrace::configurator
