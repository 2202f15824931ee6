// SPDX-License-Identifier: Apache-2.0
#include "simulator/soap/user_session.hpp"

#include "simulator/world/xml_text.hpp"

namespace millrace::simulator {

std::string user_session_xml(Session const& session) {
    auto const& facts = session.facts;
    return element("key", facts.session_key) + element("userName", facts.user_name) +
           element("fullName", facts.user_name) +
           element("loginTime", time_text(facts.login_time)) +
           element("lastActiveTime", time_text(session.last_active)) +
           element("locale", session.locale) + element("messageLocale", session.locale) +
           "<extensionSession>false</extensionSession>" + element("ipAddress", facts.address) +
           element("userAgent", facts.user_agent) +
           element("callCount", static_cast<std::int64_t>(facts.call_count));
}

}  // namespace millrace::simulator
