// SPDX-License-Identifier: Apache-2.0
#include "simulator/soap/soap_session_methods.hpp"

#include <array>

#include "simulator/soap/service_content.hpp"
#include "simulator/soap/user_session.hpp"
#include "simulator/world/xml_text.hpp"

namespace millrace::simulator {
namespace {

SoapOutcome retrieve_service_content(SoapCall& call) {
    call.out += "<returnval>" + service_content_xml(call.world.inventory) + "</returnval>";
    return {};
}

SoapOutcome current_time(SoapCall& call) {
    append_element(call.out, "returnval", time_text(call.now));
    return {};
}

SoapOutcome login(SoapCall& call) {
    if (call.session) {
        return std::unexpected(
            SoapFault{"InvalidLogin", "Cannot log in: this session is logged in already."});
    }
    LoginFacts facts;
    facts.user_name = child_text(call.request.call, "userName");
    facts.address = call.address;
    facts.user_agent = call.user_agent;
    auto* const session =
        call.world.login(std::move(facts), child_text(call.request.call, "password"), call.now);
    if (!session) {
        return std::unexpected(SoapFault{
            "InvalidLogin", "Cannot complete login due to an incorrect user name or password."});
    }
    if (auto const locale = child_text(call.request.call, "locale"); !locale.empty()) {
        session->locale = locale;
    }
    call.new_cookie = session->cookie;
    call.out += "<returnval>" + user_session_xml(*session) + "</returnval>";
    return {};
}

SoapOutcome logout(SoapCall& call) {
    call.world.logout(*call.session, call.now);
    call.session = nullptr;
    return {};
}

SoapOutcome session_is_active(SoapCall& call) {
    auto const wanted = child_text(call.request.call, "sessionID");
    bool active = false;
    for (auto const& [cookie, session] : call.world.sessions.all()) {
        active = active || session->facts.session_key == wanted;
    }
    append_element(call.out, "returnval", active ? "true" : "false");
    return {};
}

constexpr std::array<SoapMethod, 5> methods = {{
    {"RetrieveServiceContent", retrieve_service_content, false},
    {"CurrentTime", current_time},
    {"Login", login, false},
    {"Logout", logout},
    {"SessionIsActive", session_is_active},
}};

}  // namespace

std::span<SoapMethod const> session_methods() {
    return methods;
}

}  // namespace millrace::simulator
