// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "broker/delivery/trigger_delivery.hpp"
#include "broker/log/write_queue.hpp"

namespace millrace::broker {

/// One TriggerDelivery per trigger, made and removed as triggers come and go, with what was saved
/// of the run before. Which trigger is which says the object's uid: one deleted and made again
/// under its name begins anew. Pure.
class TriggerDeliveries {
public:
    explicit TriggerDeliveries(DeliveryCursor::Limits limits) : limits_(limits) {}

    using Matches = TriggerMatches;
    using ByTrigger = std::map<std::string, std::unique_ptr<TriggerDelivery>>;

    /// Counters and cursors of the run before, and which triggers matched events after the head
    /// that was saved with them, up to `head`; nothing where that cannot be told. Before
    /// set_routes.
    void restore(SavedTotals saved, std::optional<Matches> matched, std::int64_t head);

    /// What became of deliveries by new routes.
    struct Changes {
        std::vector<TriggerDelivery*> made;
        std::vector<TriggerDelivery*> readdressed;
        std::vector<std::unique_ptr<TriggerDelivery>> removed;
    };
    /// A trigger begins with what it had not delivered; a new one with the events after `head`.
    /// `unreadable`: triggers that are there, whatever they say: what they have to deliver waits
    /// for them.
    Changes set_routes(
        std::vector<TriggerRouteRef> const& routes,
        std::map<std::string, std::string> const& unreadable, std::int64_t head);
    /// Events that have just been stored, in the log's order. Returns those they matched.
    std::vector<TriggerDelivery*> stored(EventBatch const& events);

    ByTrigger const& all() const { return deliveries_; }
    /// The triggers there are, unreadable ones too, each with the first event that is its own.
    TriggersInForceRef in_force() const;
    /// Events of its broker that the trigger was asked about.
    std::uint64_t received(TriggerDelivery const& delivery) const;
    /// The oldest event somebody still has to get; the largest number when there is none.
    std::int64_t low_water() const;
    /// What changed since the last call. Removed triggers are forgotten once no event is older
    /// than `oldest_seq`.
    SavedTotals take_changed(std::int64_t oldest_seq);

private:
    std::unique_ptr<TriggerDelivery> make(TriggerRouteRef const& route, std::int64_t head);
    void forget(std::string const& trigger, std::int64_t head);
    ByTrigger::iterator remove(ByTrigger::iterator at, std::int64_t head, Changes& changes);

    DeliveryCursor::Limits limits_;
    /// Of triggers that have no delivery; changed ones are written.
    std::map<std::string, TriggerTotals> saved_;
    std::set<std::string> changed_saved_;
    /// What triggers matched that their saved cursors do not know of.
    std::optional<Matches> unsaved_matches_ = Matches();
    bool is_first_listing_ = true;
    std::int64_t restored_head_ = 0;
    std::map<std::string, std::uint64_t> received_;  ///< by broker
    std::set<std::string> received_changed_;
    ByTrigger deliveries_;
    std::unordered_map<std::string_view, TriggerDelivery*> by_trigger_;  ///< keys of deliveries_
    std::int64_t head_ = 0;
};

}  // namespace millrace::broker
