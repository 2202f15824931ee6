// SPDX-License-Identifier: Apache-2.0
#include "console/auth/session_store.hpp"

#include <algorithm>

#include "common/base/encoding.hpp"

namespace millrace::console {
namespace {

constexpr unsigned free_failures = 5;
constexpr seconds longest_wait = 15min;
constexpr std::size_t clients_max = 10'000;

}  // namespace

std::string SessionStore::issue_code(SystemTime now) {
    std::string code = hex_encode(random_bytes(16));
    code_ = Secret(code);
    code_issued_ = now;
    return code;
}

bool SessionStore::redeem_code(std::string_view code, SystemTime now) {
    bool const valid =
        !code_.empty() && code_.matches(code) && now - code_issued_ <= limits_.code_age;
    if (valid)
        code_ = Secret();
    return valid;
}

std::string SessionStore::begin(std::string user, SystemTime now) {
    if (sessions_.size() >= limits_.sessions_max) {
        auto const oldest = std::ranges::min_element(
            sessions_, {}, [](auto const& entry) { return entry.second.last_used; });
        sessions_.erase(oldest);
    }
    std::string id = hex_encode(random_bytes(32));
    sessions_[id] = {std::move(user), now, now};
    return id;
}

SystemTime SessionStore::idle_expiry(Session const& session) const {
    return std::min(session.last_used + limits_.idle, absolute_expiry(session));
}

SystemTime SessionStore::absolute_expiry(Session const& session) const {
    return session.begun + limits_.absolute;
}

SessionStore::State SessionStore::check(std::string const& id, SystemTime now, bool active) {
    auto const found = sessions_.find(id);
    if (found == sessions_.end())
        return id.empty() ? State::none : State::expired;
    if (now >= idle_expiry(found->second)) {
        sessions_.erase(found);
        return State::expired;
    }
    if (active)
        found->second.last_used = now;
    return State::valid;
}

Session* SessionStore::find(std::string const& id) {
    auto const found = sessions_.find(id);
    return found == sessions_.end() ? nullptr : &found->second;
}

seconds LoginThrottle::delay_after(unsigned failures) {
    if (failures < free_failures)
        return 0s;
    unsigned const doublings = std::min(failures - free_failures, 10U);
    return std::min(seconds(1U << doublings), longest_wait);
}

seconds LoginThrottle::wait_for(std::string const& client, SystemTime now) const {
    auto const found = clients_.find(client);
    if (found == clients_.end())
        return 0s;
    auto const left = found->second.last + delay_after(found->second.failures) - now;
    return left <= 0ns ? 0s : std::chrono::ceil<seconds>(left);
}

void LoginThrottle::failed(std::string const& client, SystemTime now) {
    if (clients_.size() >= clients_max) {
        auto const oldest = std::ranges::min_element(
            clients_, {}, [](auto const& entry) { return entry.second.last; });
        clients_.erase(oldest);
    }
    Client& entry = clients_[client];
    ++entry.failures;
    entry.last = now;
}

void LoginThrottle::told(std::string const& client, SystemTime now) {
    if (auto const found = clients_.find(client); found != clients_.end())
        found->second.last = now;
}

}  // namespace millrace::console
