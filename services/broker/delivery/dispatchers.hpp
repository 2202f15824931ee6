// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>

#include "broker/delivery/dispatcher.hpp"
#include "broker/delivery/trigger_deliveries.hpp"

namespace millrace::broker {

/// One dispatcher per trigger, made and retired as TriggerDeliveries says.
class Dispatchers {
public:
    Dispatchers(DispatcherParts parts, DeliveryCursor::Limits limits);

    using Matches = TriggerDeliveries::Matches;
    /// See TriggerDeliveries. Before set_routes.
    void restore(SavedTotals saved, std::optional<Matches> matched, std::int64_t head) {
        deliveries_.restore(std::move(saved), std::move(matched), head);
    }
    /// Makes, changes and retires dispatchers; see TriggerDeliveries.
    void set_routes(
        std::vector<TriggerRouteRef> const& routes,
        std::map<std::string, std::string> const& unreadable, std::int64_t head);
    /// Events that have just been stored, in the log's order. Calls only those they matched.
    void stored(EventBatch const& events);

    TriggerDeliveries::ByTrigger const& all() const { return deliveries_.all(); }
    /// These four: see TriggerDeliveries.
    TriggersInForceRef in_force() const { return deliveries_.in_force(); }
    std::uint64_t received(TriggerDelivery const& delivery) const {
        return deliveries_.received(delivery);
    }
    std::int64_t low_water() const { return deliveries_.low_water(); }
    SavedTotals take_changed(std::int64_t oldest_seq) {
        return deliveries_.take_changed(oldest_seq);
    }
    Task<void> stop(milliseconds grace);

private:
    using Wakes = std::set<std::pair<SteadyTime, Dispatcher*>>;
    /// Its last requests are being cancelled.
    struct Retired {
        std::unique_ptr<TriggerDelivery> delivery;
        std::unique_ptr<Dispatcher> dispatcher;
    };

    void retire(std::unique_ptr<TriggerDelivery> delivery);
    /// Lets the delivery's dispatcher do what is to be done; it is made when there first is
    /// something.
    void pump(TriggerDelivery& delivery);
    Task<void> end(std::list<Retired>::iterator at);
    void wake_at(Dispatcher& dispatcher, SteadyTime due);
    void cancel_wake(Dispatcher& dispatcher);
    Task<void> wake_due();

    DispatcherParts parts_;
    TriggerDeliveries deliveries_;
    /// Only of triggers that have had something to do: most of thousands may never have.
    std::unordered_map<TriggerDelivery const*, std::unique_ptr<Dispatcher>> dispatchers_;
    std::list<Retired> retired_;
    Wakes wakes_;
    std::unordered_map<Dispatcher*, SteadyTime> wake_of_;
    AsyncSignal earlier_wake_;
    TaskGroup tasks_;
};

}  // namespace millrace::broker
