// SPDX-License-Identifier: Apache-2.0
#include "simulator/soap/soap_call.hpp"

#include "simulator/world/xml_text.hpp"

namespace millrace::simulator {

void SoapCall::return_reference(ManagedReference const& reference) {
    out += reference_element("returnval", reference);
}

std::unexpected<SoapFault> not_authenticated(ManagedReference const& object) {
    return std::unexpected(SoapFault{
        "NotAuthenticated", "The session is not authenticated.",
        reference_element("object", object) + element("privilegeId", "System.View")});
}

std::unexpected<SoapFault> invalid_argument(std::string_view property) {
    return std::unexpected(SoapFault{
        "InvalidArgument", "A specified parameter was not correct: " + std::string(property),
        element("invalidProperty", property)});
}

}  // namespace millrace::simulator
