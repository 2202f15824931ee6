// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>

#include "broker/delivery/dispatcher.hpp"

namespace millrace::broker {

/// One dispatcher per trigger, made and retired as triggers come and go. Which trigger is which
/// says the object's uid: one deleted and made again under its name begins anew.
class Dispatchers {
public:
    Dispatchers(DispatcherParts parts, DeliveryCursor::Limits limits);

    /// What triggers matched, by "namespace/name".
    using Matches = std::map<std::string, MatchSpan>;
    /// Counters and cursors of the run before, and which triggers matched events after the head
    /// that was saved with them, up to `head`; nothing where that cannot be told. Before
    /// set_routes.
    void restore(SavedTotals saved, std::optional<Matches> matched, std::int64_t head);
    /// Makes, changes and retires dispatchers. A trigger begins with what it had not delivered; a
    /// new one with the events after `head`. `unreadable`: triggers that are there, whatever they
    /// say: what they have to deliver waits for them.
    void set_routes(
        std::vector<TriggerRouteRef> const& routes,
        std::map<std::string, std::string> const& unreadable, std::int64_t head);
    /// Events that have just been stored, in the log's order. Calls only those they matched.
    void stored(EventBatch const& events);

    std::map<std::string, std::unique_ptr<Dispatcher>> const& all() const { return dispatchers_; }
    /// The triggers there are, unreadable ones too, each with the first event that is its own.
    TriggersInForceRef in_force() const;
    /// Events of its broker that the trigger was asked about.
    std::uint64_t received(Dispatcher const& dispatcher) const;
    /// The oldest event somebody still has to get; the largest number when there is none.
    std::int64_t low_water() const;
    /// What changed since the last call. Removed triggers are forgotten once no event is older
    /// than `oldest_seq`.
    SavedTotals take_changed(std::int64_t oldest_seq);
    Task<void> stop(milliseconds grace);

private:
    using Wakes = std::set<std::pair<SteadyTime, Dispatcher*>>;

    std::unique_ptr<Dispatcher> make(TriggerRouteRef const& route, std::int64_t head);
    void forget(std::string const& trigger, std::int64_t head);
    void retire(std::unique_ptr<Dispatcher> dispatcher);
    Task<void> end(std::list<std::unique_ptr<Dispatcher>>::iterator at);
    void wake_at(Dispatcher& dispatcher, SteadyTime due);
    void cancel_wake(Dispatcher& dispatcher);
    Task<void> wake_due();

    DispatcherParts parts_;
    DeliveryCursor::Limits limits_;
    /// Of triggers that have no dispatcher; changed ones are written.
    std::map<std::string, TriggerTotals> saved_;
    std::set<std::string> changed_saved_;
    /// What triggers matched that their saved cursors do not know of.
    std::optional<Matches> unsaved_matches_ = Matches();
    bool is_first_listing_ = true;
    std::int64_t restored_head_ = 0;
    std::map<std::string, std::uint64_t> received_;  ///< by broker
    std::set<std::string> received_changed_;
    std::map<std::string, std::unique_ptr<Dispatcher>> dispatchers_;
    std::unordered_map<std::string_view, Dispatcher*> by_trigger_;  ///< keys of dispatchers_
    std::int64_t head_ = 0;
    std::list<std::unique_ptr<Dispatcher>> retired_;  ///< their last requests are being cancelled
    Wakes wakes_;
    std::unordered_map<Dispatcher*, SteadyTime> wake_of_;
    AsyncSignal earlier_wake_;
    TaskGroup tasks_;
};

}  // namespace millrace::broker
