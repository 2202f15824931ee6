// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "broker/intake/matcher.hpp"
#include "broker/log/writer.hpp"

namespace millrace::broker {

/// Takes events in, from senders and from subscribers' replies alike: asks the triggers, stores
/// durably. On the io thread.
class Acceptor {
public:
    static constexpr std::size_t event_bytes_max = 1 << 20;

    /// Both outlive it.
    Acceptor(Writer& writer, Matcher& matcher) : writer_(writer), matcher_(matcher) {}

    void set_brokers(std::vector<BrokerRoute> const& routes);
    /// Empty: `broker` takes events. Errors: `not_found`; `unavailable` with its fault.
    Result<void> check_broker(std::string const& broker) const;

    struct Incoming {
        std::string broker;
        std::vector<CloudEvent> events;
        std::string traceparent;
        std::string tracestate;
    };
    /// All events are on disk when it returns, or none. Pre: check_broker says yes. Errors:
    /// `too_large`; `invalid` for an event whose knativebrokerttl has run out; those of
    /// Writer::store.
    Task<Result<void>> accept(Incoming incoming);
    /// `reply` goes to the broker of `of`, with what is left of its time to live.
    Task<Result<void>> accept_reply(StoredEventRef of, CloudEvent reply);

private:
    Result<std::shared_ptr<StoredEvent>> prepare(Incoming const& incoming, CloudEvent event);

    Writer& writer_;
    Matcher& matcher_;
    std::map<std::string, std::string> faults_;  ///< by broker; empty: none
};

}  // namespace millrace::broker
