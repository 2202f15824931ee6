// SPDX-License-Identifier: Apache-2.0
#include "configurator/follow/status_file.hpp"

#include <algorithm>
#include <cstdio>

#include "common/base/file.hpp"
#include "common/base/log.hpp"

namespace millrace::configurator {
namespace {

void print_line(Step const& step, StepReport const& report) {
    std::printf("%-28s %s\n", step.title.c_str(), std::string(to_string(report.state)).c_str());
    if (!report.problem.empty())
        std::printf("  %s\n", report.problem.c_str());
    std::fflush(stdout);
}

}  // namespace

void StatusFile::write(Json const& status) {
    if (status == told_)
        return;
    told_ = status;
    auto written = make_directories(file_.parent_path(), 0755);
    if (written)
        written = write_file_atomic(file_, dump_json_pretty(status), 0644, Durability::process);
    if (!written)
        log::error("The status cannot be told.", {{"reason", written.error().detail}});
}

void StatusFile::print(ConfigurationMachine const& machine) {
    std::size_t const ended = machine.current().value_or(machine.steps().size());
    bool const is_stuck = std::holds_alternative<Stuck>(machine.next());
    std::size_t const through = ended + (is_stuck ? 1 : 0);
    // A step that was stuck and is begun again has not ended.
    lines_ = std::min(lines_, through);
    for (; lines_ < through; ++lines_)
        print_line(machine.steps()[lines_], machine.reports()[lines_]);
}

}  // namespace millrace::configurator
