// SPDX-License-Identifier: Apache-2.0
#include "simulator/datacentre/session_registry.hpp"

#include "common/base/encoding.hpp"

namespace millrace::simulator {
namespace {

constexpr std::string_view cookie_name = "vmware_soap_session";

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '"'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '"'))
        text.remove_suffix(1);
    return text;
}

}  // namespace

std::string Session::new_object_id() const {
    return "session[" + facts.session_key + "]" + random_uuid();
}

Session* SessionRegistry::begin(LoginFacts facts, SystemTime now) {
    expire(now);
    if (sessions_.size() >= sessions_max)
        return nullptr;
    auto session = std::make_unique<Session>();
    session->cookie = hex_encode(random_bytes(20));
    session->facts = std::move(facts);
    session->facts.login_time = now;
    session->last_active = now;
    session->property_collectors.try_emplace("propertyCollector");
    auto* const begun = session.get();
    sessions_.emplace(begun->cookie, std::move(session));
    return begun;
}

Session* SessionRegistry::use(std::string_view cookie, SystemTime now) {
    expire(now);
    auto const found = sessions_.find(cookie);
    if (found == sessions_.end())
        return nullptr;
    found->second->last_active = now;
    return found->second.get();
}

void SessionRegistry::expire(SystemTime now) {
    ended_by_idling_ += std::erase_if(
        sessions_, [&](auto const& item) { return now - item.second->last_active > idle_limit_; });
}

std::string session_cookie(std::string_view cookie_header) {
    while (!cookie_header.empty()) {
        auto const end = std::min(cookie_header.find(';'), cookie_header.size());
        auto const pair = cookie_header.substr(0, end);
        auto const equals = std::min(pair.find('='), pair.size());
        if (trimmed(pair.substr(0, equals)) == cookie_name && equals < pair.size()) {
            return std::string(trimmed(pair.substr(equals + 1)));
        }
        cookie_header.remove_prefix(std::min(end + 1, cookie_header.size()));
    }
    return {};
}

std::string displayed_user(std::string_view login_name) {
    auto const at = login_name.rfind('@');
    if (at == std::string_view::npos)
        return std::string(login_name);
    std::string shown;
    for (char const letter : login_name.substr(at + 1)) {
        shown += letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
    }
    return shown.append("\\").append(login_name.substr(0, at));
}

}  // namespace millrace::simulator
