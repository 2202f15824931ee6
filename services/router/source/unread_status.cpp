// SPDX-License-Identifier: Apache-2.0
#include "router/source/unread_status.hpp"

namespace millrace::router {
namespace {

std::string_view meanwhile(ResourceKind const& kind) {
    return kind == kinds::webhook_source
               ? "until then let the senders post their CloudEvents to the sink itself"
               : "until then let another router that reads Horizon post to the same sink";
}

std::string message(ResourceKind const& kind) {
    return "This version of Millrace (" MILLRACE_VERSION ") does not read " +
           std::string(kind.kind) +
           ": none of its events arrive. Keep it for a later version, which will read it as it "
           "is; " +
           std::string(meanwhile(kind)) + ".";
}

}  // namespace

Json unread_status(Json const& basis, std::int64_t generation, ResourceKind const& kind) {
    Json status = Json::object();
    if (Json const* conditions = find_json(basis, "conditions");
        conditions != nullptr && conditions->is_array())
        for (Json const& condition : *conditions)
            if (string_at(condition, "type") == "Ready")
                status["conditions"] = Json::array({condition});
    set_condition(status, "Ready", "False", unread_state, message(kind));
    status["observedGeneration"] = generation;
    status["state"] = unread_state;
    return status;
}

}  // namespace millrace::router
