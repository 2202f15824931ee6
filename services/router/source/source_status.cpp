// SPDX-License-Identifier: Apache-2.0
#include "router/source/source_status.hpp"

#include "common/base/flags.hpp"

namespace millrace::router {
namespace {

void set_figures(Json& status, SourceReport const& report) {
    status["state"] = report.state;
    if (report.last_event_time != SystemTime())
        status["lastEventTime"] = format_rfc3339(report.last_event_time);
    if (report.lag)
        status["lag"] = format_duration(*report.lag);
}

}  // namespace

Json source_status(Json basis, std::int64_t generation, SourceStanding const& standing) {
    Json status = std::move(basis);
    status["observedGeneration"] = generation;
    bool const is_running = standing.is_running;
    std::string const& state = standing.report.state;
    bool const is_connected = is_running && state != "Failing" && state != "Connecting";
    bool const is_ready = is_connected && standing.problem.empty();
    set_condition(
        status, "AuthReady", is_connected ? "True" : "Unknown", is_connected ? "" : "NotConnected",
        "");
    set_condition(
        status, "AdapterReady", is_running ? "True" : "False", is_running ? "" : "NotRunning",
        is_running ? "" : standing.problem);
    set_condition(
        status, "Ready", is_ready ? "True" : "False", is_ready ? "" : "NotReady",
        is_ready ? "" : standing.problem);
    if (is_running) {
        status["sinkUri"] = standing.sink;
        set_figures(status, standing.report);
    } else {
        status["state"] = "Failing";
    }
    return status;
}

}  // namespace millrace::router
