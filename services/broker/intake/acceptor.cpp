// SPDX-License-Identifier: Apache-2.0
#include "broker/intake/acceptor.hpp"

#include "broker/history/event_text.hpp"
#include "broker/intake/ttl.hpp"

namespace millrace::broker {

void Acceptor::set_brokers(std::vector<BrokerRoute> const& routes) {
    faults_.clear();
    for (BrokerRoute const& route : routes)
        faults_[route.broker] = route.fault;
}

Result<void> Acceptor::check_broker(std::string const& broker) const {
    auto const found = faults_.find(broker);
    if (found == faults_.end())
        return failure(ErrorCode::not_found, "There is no Broker " + broker + ".");
    if (!found->second.empty())
        return failure(
            ErrorCode::unavailable, "The Broker " + broker + " is not ready: " + found->second);
    return {};
}

Result<std::shared_ptr<StoredEvent>> Acceptor::prepare(Incoming const& incoming, CloudEvent event) {
    if (event.data.size() > event_bytes_max)
        return failure(
            ErrorCode::too_large, "The data of event " + event.id.substr(0, 80) + " has " +
                                      std::to_string(event.data.size()) +
                                      " bytes; 1 MiB is the most.");
    auto stored = std::make_shared<StoredEvent>();
    stored->broker = incoming.broker;
    stored->received_at = system_now();
    stored->ttl = take_ttl(event);
    if (stored->ttl <= 0)
        return failure(
            ErrorCode::invalid,
            "The event has passed brokers too often (knativebrokerttl has run out): a loop of "
            "replies?");
    stored->traceparent = incoming.traceparent;
    stored->tracestate = incoming.tracestate;
    stored->event = std::move(event);
    stored->summary = summary_of(stored->event);
    stored->lane = lane_of(stored->event);
    Matcher::Answer answer = matcher_.ask(stored->broker, stored->event);
    stored->asked = std::move(answer.asked);
    stored->matches = std::move(answer.matches);
    stored->memory_bytes = memory_of(*stored);
    return stored;
}

Task<Result<void>> Acceptor::accept(Incoming incoming) {
    EventBatch batch;
    batch.reserve(incoming.events.size());
    for (CloudEvent& event : incoming.events) {
        auto prepared = prepare(incoming, std::move(event));
        if (!prepared)
            co_return std::unexpected(prepared.error());
        batch.push_back(std::move(*prepared));
    }
    if (batch.empty())
        co_return Result<void>();
    co_return co_await writer_.store(std::move(batch));
}

Task<Result<void>> Acceptor::accept_reply(StoredEventRef of, CloudEvent reply) {
    reply.set_attribute(ttl_attribute, std::to_string(of->ttl));
    Incoming incoming{
        .broker = of->broker, .traceparent = of->traceparent, .tracestate = of->tracestate};
    incoming.events.push_back(std::move(reply));
    if (auto known = check_broker(incoming.broker); !known)
        co_return known;
    co_return co_await accept(std::move(incoming));
}

}  // namespace millrace::broker
