// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/net/async_signal.hpp"
#include "common/net/http_server.hpp"
#include "simulator/datacentre/simulation.hpp"
#include "simulator/soap/soap_service.hpp"
#include "simulator/vrops/vrops_api.hpp"

namespace millrace::simulator {

/// What a vCenter's port 443 offers: /sdk (SOAP) and, here on the same port, /suite-api (vRealize
/// Operations). The edge: it waits and injects the faults of the transport; all else is pure.
class VcenterListener {
public:
    /// Both outlive this.
    VcenterListener(Simulation& world, AsyncSignal& changed);

    Task<HttpAnswer> handle(HttpRequest& request);

private:
    Task<HttpAnswer> handle_soap(HttpRequest& request);
    Task<HttpAnswer> wait_for_updates(SoapService::Exchange exchange);

    Simulation& world_;
    AsyncSignal& changed_;
    SoapService soap_;
    VropsApi vrops_;
};

}  // namespace millrace::simulator
