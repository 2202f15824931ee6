// SPDX-License-Identifier: Apache-2.0
#include "simulator/soap/soap_service.hpp"

#include "simulator/soap/session_properties.hpp"
#include "simulator/soap/soap_event_methods.hpp"
#include "simulator/soap/soap_operation_methods.hpp"
#include "simulator/soap/soap_property_methods.hpp"
#include "simulator/soap/soap_session_methods.hpp"
#include "simulator/world/xml_text.hpp"

namespace millrace::simulator {
namespace {

constexpr std::size_t user_agent_bytes_max = 200;

HttpResponse xml_response(int status, std::string body) {
    HttpResponse response;
    response.status = status;
    response.headers.add("Content-Type", "text/xml; charset=utf-8");
    response.headers.add("Cache-Control", "no-cache");
    response.body = std::move(body);
    return response;
}

HttpResponse fault_response(SoapFault const& fault) {
    return xml_response(500, fault_envelope(fault));
}

std::string response_head(std::string const& operation) {
    return std::string(envelope_head()) + "<" + operation + "Response xmlns=\"urn:vim25\">";
}

std::string response_tail(std::string const& operation) {
    return "</" + operation + "Response>" + std::string(envelope_tail());
}

}  // namespace

SoapService::SoapService(Simulation& world) : world_(world) {
    for (auto const table :
         {session_methods(), property_methods(), event_methods(), operation_methods()}) {
        for (auto const& method : table)
            methods_.emplace(method.name, method);
    }
}

std::expected<SoapService::Exchange, HttpResponse> SoapService::read(
    HttpRequest const& http) const {
    auto request = parse_soap(http.body);
    if (!request) {
        return std::unexpected(fault_response({"InvalidRequest", request.error().detail}));
    }
    auto const colon = http.peer.rfind(':');
    auto agent = std::string(http.headers.get("User-Agent")).substr(0, user_agent_bytes_max);
    return Exchange{
        .request = std::move(*request),
        .cookie = session_cookie(http.headers.get("Cookie")),
        .address = http.peer.substr(0, colon),
        .user_agent = agent.empty() ? "unknown" : std::move(agent),
        .over_tls = http.over_tls};
}

bool SoapService::is_wait(Exchange const& exchange) {
    return exchange.request.operation == "WaitForUpdatesEx" ||
           exchange.request.operation == "WaitForUpdates";
}

std::optional<std::chrono::seconds> SoapService::wait_limit(Exchange const& exchange) {
    auto const asked = child_integer(child(exchange.request.call, "options"), "maxWaitSeconds");
    if (!asked || *asked < 0)
        return std::nullopt;
    return std::chrono::seconds(*asked);
}

SoapOutcome SoapService::run(SoapCall& call) {
    auto const method = methods_.find(call.request.operation);
    if (method == methods_.end()) {
        return std::unexpected(SoapFault{
            "MethodNotFound", "The method \"" + call.request.operation + "\" is not simulated.",
            reference_element("receiver", call.request.self) +
                element("method", call.request.operation)});
    }
    if (!method->second.needs_session)
        return method->second.run(call);
    bool const refused =
        world_.faults.take(FaultKind::not_authenticated_next, call.now).has_value();
    if (!call.session || refused)
        return not_authenticated(call.request.self);
    ++call.session->facts.call_count;
    return method->second.run(call);
}

HttpResponse SoapService::call(Exchange const& exchange, SystemTime now) {
    auto out = response_head(exchange.request.operation);
    SoapCall call{
        .world = world_,
        .request = exchange.request,
        .session = world_.sessions.use(exchange.cookie, now),
        .now = now,
        .address = exchange.address,
        .user_agent = exchange.user_agent,
        .out = out};
    if (auto const outcome = run(call); !outcome)
        return fault_response(outcome.error());
    if (!call.broken)
        out += response_tail(exchange.request.operation);
    auto response = xml_response(200, std::move(out));
    if (world_.faults.take(FaultKind::foreign_cookie, now))
        response.headers.add("Set-Cookie", "lb=node-2; Path=/");
    if (!call.new_cookie.empty()) {
        response.headers.add(
            "Set-Cookie", "vmware_soap_session=\"" + call.new_cookie + "\"; Path=/; HttpOnly" +
                              (exchange.over_tls ? "; Secure" : ""));
    }
    return response;
}

std::optional<HttpResponse> SoapService::poll(
    Exchange const& exchange, std::uint64_t cancellations, SystemTime now) {
    auto const& request = exchange.request;
    auto* const session = world_.sessions.use(exchange.cookie, now);
    bool const refused = world_.faults.take(FaultKind::not_authenticated_next, now).has_value();
    if (!session || refused)
        return fault_response(not_authenticated(request.self).error());
    auto const found = session->property_collectors.find(request.self.value);
    if (found == session->property_collectors.end()) {
        return fault_response(object_not_found(request.self));
    }
    if (found->second.cancellations() != cancellations) {
        return fault_response({"RequestCanceled", "The task was canceled by a user."});
    }
    SessionProperties const source(world_, session);
    auto const updates = found->second.updates_since(child_text(request.call, "version"), source);
    if (!updates)
        return fault_response(updates.error());
    if (!*updates)
        return std::nullopt;
    return xml_response(
        200, response_head(request.operation) + "<returnval>" + **updates + "</returnval>" +
                 response_tail(request.operation));
}

HttpResponse SoapService::nothing_new(Exchange const& exchange) {
    return xml_response(
        200, response_head(exchange.request.operation) + response_tail(exchange.request.operation));
}

std::uint64_t SoapService::cancellations(Exchange const& exchange, SystemTime now) {
    auto* const session = world_.sessions.use(exchange.cookie, now);
    if (!session)
        return 0;
    auto const found = session->property_collectors.find(exchange.request.self.value);
    return found == session->property_collectors.end() ? 0 : found->second.cancellations();
}

std::string SoapService::service_versions() {
    std::string versions;
    for (auto const* version :
         {"8.0.1.0", "8.0.0.2", "8.0.0.1", "8.0.0.0", "7.0.3.2", "7.0.3.1", "7.0.3.0", "7.0.2.0",
          "7.0.1.0", "7.0.0.0", "6.7.3",   "6.7",     "6.5",     "6.0",     "5.5",     "5.1",
          "5.0",     "4.1",     "4.0",     "2.5u2",   "2.5",     "2.0"}) {
        versions += "<version>" + std::string(version) + "</version>";
    }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<namespaces version=\"1.0\"><namespace>"
           "<name>urn:vim25</name><version>8.0.2.0</version><priorVersions>" +
           versions + "</priorVersions></namespace></namespaces>\n";
}

}  // namespace millrace::simulator
