// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>

#include "common/base/http_message.hpp"
#include "tests/simulation/broker/oracle.hpp"

namespace millrace::test {

/// How often, in a thousand requests, a subscriber does each unkind thing.
struct SubscriberFaults {
    unsigned busy = 0;            ///< 429 with Retry-After: not tried
    unsigned failing = 0;         ///< 503, sometimes with Retry-After
    unsigned broken = 0;          ///< the connection breaks, nothing was taken
    unsigned taken_silently = 0;  ///< it was taken, but the answer never comes
    unsigned slow = 0;            ///< the answer takes up to 5 s
};

/// Takes requests of the broker for every Trigger; an address begins with the Trigger's uid
/// ("http://all-1/").
class SimulatedSubscribers {
public:
    SimulatedSubscribers(std::mt19937_64& random, SubscriberFaults faults, Oracle& oracle)
        : random_(random),
          faults_(faults),
          oracle_(oracle) {}

    /// What comes back, and after how long; no answer: the connection broke or the time is up.
    struct Reply {
        std::optional<HttpResponse> answer;
        nanoseconds after{0};
    };
    Reply take(std::string const& address, HttpRequest const& request, nanoseconds timeout);
    void stop_faults();

    std::set<std::string> dead;  ///< uids whose address answers nothing
    /// Numbers of events that every subscriber refuses for good.
    std::set<std::size_t> refused_events;
    std::size_t injected = 0;

private:
    bool happens(unsigned per_mille);

    std::mt19937_64& random_;
    SubscriberFaults faults_;
    Oracle& oracle_;
};

/// The id of the event with this number, and back.
std::string event_id(std::size_t number);
std::size_t event_number(std::string_view id);

}  // namespace millrace::test
