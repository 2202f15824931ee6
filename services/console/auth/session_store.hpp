// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "common/base/clock.hpp"
#include "common/base/secret.hpp"

namespace millrace::console {

struct Session {
    std::string user;
    SystemTime begun;
    SystemTime last_used;
    std::size_t streams = 0;
};

struct SessionLimits {
    seconds idle = 30min;
    seconds absolute = 12h;
    std::size_t sessions_max = 100;
    seconds code_age = 24h;
};

/// Who is signed in, and the one-time code that signs in. In memory: a restart signs all out. Pure:
/// the time comes from the caller.
class SessionStore {
public:
    explicit SessionStore(SessionLimits limits) : limits_(limits) {}

    /// A new one-time code; the one before is void.
    std::string issue_code(SystemTime now);
    /// True once for the current code, within its age.
    bool redeem_code(std::string_view code, SystemTime now);

    /// A new session's id: 256 random bits in hexadecimal. The oldest goes when there are too many.
    std::string begin(std::string user, SystemTime now);
    enum class State { none, expired, valid };
    /// Looks a session up; `active` makes it count as used. Expired ones are dropped.
    State check(std::string const& id, SystemTime now, bool active);
    Session* find(std::string const& id);
    void end(std::string const& id) { sessions_.erase(id); }

    SystemTime idle_expiry(Session const& session) const;
    SystemTime absolute_expiry(Session const& session) const;

private:
    SessionLimits limits_;
    std::map<std::string, Session> sessions_;
    Secret code_;
    SystemTime code_issued_;
};

/// Slows guessing down: after five failures of one client the next try has to wait 1 s, then twice
/// as long each time, at most 15 min. Bounded to 10,000 clients; a success forgets the client.
class LoginThrottle {
public:
    /// How long the client has to wait now; zero: it may try.
    seconds wait_for(std::string const& client, SystemTime now) const;
    void failed(std::string const& client, SystemTime now);
    /// The wait begins when the client hears of the failure: what computing it took is no wait.
    void told(std::string const& client, SystemTime now);
    void succeeded(std::string const& client) { clients_.erase(client); }

private:
    struct Client {
        unsigned failures = 0;
        SystemTime last;
    };
    static seconds delay_after(unsigned failures);
    std::map<std::string, Client> clients_;
};

}  // namespace millrace::console
