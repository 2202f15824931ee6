// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "common/base/clock.hpp"
#include "common/base/secret.hpp"
#include "simulator/datacentre/container_view.hpp"
#include "simulator/events/event_catalog.hpp"
#include "simulator/events/history_collector.hpp"
#include "simulator/properties/property_collector.hpp"

namespace millrace::simulator {

/// One login and the objects that live and die with it.
struct Session {
    std::string cookie;
    std::string locale = "en";
    LoginFacts facts;
    SystemTime last_active;
    std::map<std::string, HistoryCollector, std::less<>> collectors;
    std::map<std::string, ContainerView, std::less<>> views;
    std::map<std::string, PropertyCollector, std::less<>> property_collectors;
    /// RetrievePropertiesEx tokens to the objects still to be given.
    std::map<std::string, std::deque<std::string>, std::less<>> rests;

    /// "session[<key>]<uuid>", how vCenter names such objects.
    std::string new_object_id() const;
};

/// The sessions of this vCenter. Those idle for longer than the limit end, as vCenter's do.
class SessionRegistry {
public:
    /// vCenter 8.0U3's own limit (Broadcom KB 437427).
    static constexpr std::size_t sessions_max = 3'000;

    explicit SessionRegistry(milliseconds idle_limit) : idle_limit_(idle_limit) {}

    /// Null when there are sessions_max already.
    Session* begin(LoginFacts facts, SystemTime now);
    /// The living session of a cookie, which counts as used now; null: none.
    Session* use(std::string_view cookie, SystemTime now);
    void end(std::string_view cookie) { erase(std::string(cookie)); }
    void end_all() { sessions_.clear(); }
    /// Drops what has been idle too long.
    void expire(SystemTime now);

    std::map<std::string, std::unique_ptr<Session>, std::less<>> const& all() const {
        return sessions_;
    }
    std::uint64_t ended_by_idling() const { return ended_by_idling_; }

private:
    void erase(std::string const& cookie) { sessions_.erase(cookie); }

    milliseconds idle_limit_;
    std::map<std::string, std::unique_ptr<Session>, std::less<>> sessions_;
    std::uint64_t ended_by_idling_ = 0;
};

/// The session's value in a Cookie header, with or without quotes; "" where there is none.
std::string session_cookie(std::string_view cookie_header);

/// "administrator@vsphere.local" as vCenter shows it in events: "VSPHERE.LOCAL\administrator".
std::string displayed_user(std::string_view login_name);

}  // namespace millrace::simulator
