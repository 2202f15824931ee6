// SPDX-License-Identifier: Apache-2.0
#include "configurator/state/status.hpp"

namespace millrace::configurator {
namespace {

Json list_of(Faults const& faults) {
    Json list = Json::array();
    for (Fault const& fault : faults)
        list.push_back({{"property", fault.place}, {"problem", fault.problem}});
    return list;
}

std::string state_of(ConfigurationMachine const& machine) {
    Command const next = machine.next();
    return std::holds_alternative<Finished>(next) ? "finished"
           : std::holds_alternative<Stuck>(next)  ? "stuck"
                                                  : "running";
}

Json without_steps(std::string_view state, Faults const& faults, Faults const& notes) {
    return {
        {"state", state},
        {"faults", list_of(faults)},
        {"notes", list_of(notes)},
        {"steps", Json::array()}};
}

}  // namespace

Json status_json(ConfigurationMachine const& machine, Faults const& notes) {
    Json steps = Json::array();
    for (std::size_t index = 0; index < machine.steps().size(); ++index) {
        Step const& step = machine.steps()[index];
        StepReport const& report = machine.reports()[index];
        steps.push_back(
            {{"id", step.id},
             {"title", step.title},
             {"state", to_string(report.state)},
             {"problem", report.problem},
             {"attempts", report.attempts}});
    }
    return {
        {"state", state_of(machine)},
        {"faults", Json::array()},
        {"notes", list_of(notes)},
        {"steps", std::move(steps)}};
}

Json status_json(Faults const& faults, Faults const& notes) {
    return without_steps("invalid", faults, notes);
}

Json status_json(std::string_view state) {
    return without_steps(state, {}, {});
}

}  // namespace millrace::configurator
