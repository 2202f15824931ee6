// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "common/base/clock.hpp"
#include "simulator/datacentre/simulation.hpp"
#include "simulator/world/soap_codec.hpp"

namespace millrace::simulator {

/// One SOAP call while it is carried out. References live as long as the call.
struct SoapCall {
    Simulation& world;
    SoapRequest const& request;
    Session* session;  ///< null: not logged in
    SystemTime now;
    std::string address;  ///< of the client
    std::string user_agent;
    std::string& out;        ///< takes the elements of the response
    std::string new_cookie;  ///< set by Login
    bool broken = false;     ///< `out` is to be sent as it is, without an envelope's end (bad_xml)

    pugi::xml_node argument(std::string_view name) const { return child(request.call, name); }
    void return_reference(ManagedReference const& reference);
};

using SoapOutcome = std::expected<void, SoapFault>;

/// A method of the vSphere API by its WSDL name.
struct SoapMethod {
    std::string_view name;
    SoapOutcome (*run)(SoapCall& call);
    bool needs_session = true;
};

std::unexpected<SoapFault> not_authenticated(ManagedReference const& object);
std::unexpected<SoapFault> invalid_argument(std::string_view property);

}  // namespace millrace::simulator
