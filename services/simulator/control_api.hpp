// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/http_message.hpp"
#include "common/base/json.hpp"
#include "simulator/datacentre/burst.hpp"
#include "simulator/datacentre/simulation.hpp"

namespace millrace::simulator {

/// An answer of the control API: the edge turns a problem into RFC 9457.
struct ControlAnswer {
    int status = 200;
    std::string json;          ///< the body when there is no problem
    std::string problem_code;  ///< empty: no problem
    std::string problem_detail;
};

/// The control API below /api/v1 without its sockets: what a person at the console or a test does
/// to the simulated site. Routes: GET inventory, sessions, ledger, vrops/resources, faults, bursts;
/// POST operations, events, bursts, faults; DELETE faults.
class ControlApi {
public:
    /// Both outlive this.
    ControlApi(Simulation& world, Bursts& bursts) : world_(world), bursts_(bursts) {}

    ControlAnswer answer(HttpRequest const& request, SystemTime now);

private:
    ControlAnswer post_operation(HttpRequest const& request, SystemTime now);
    ControlAnswer post_event(HttpRequest const& request, SystemTime now);
    ControlAnswer post_burst(HttpRequest const& request, SystemTime now);
    ControlAnswer post_fault(HttpRequest const& request, SystemTime now);
    ControlAnswer ledger(HttpRequest const& request) const;
    Json faults_json(SystemTime now);
    Json sessions_json() const;
    Json bursts_json() const;

    Simulation& world_;
    Bursts& bursts_;
};

}  // namespace millrace::simulator
