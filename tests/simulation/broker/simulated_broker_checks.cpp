// SPDX-License-Identifier: Apache-2.0
// The half of SimulatedBroker that compares what is on the disk with what the oracle knows.
#include <algorithm>

#include "tests/simulation/broker/simulated_broker.hpp"

namespace millrace::test {

using namespace broker;

/// What nobody was promised may be in the log all the same.
void SimulatedBroker::note_stored() {
    std::int64_t const promised = world_.oracle.last_accepted_seq();
    world_.oracle.forget_stored_after(promised);
    for (std::int64_t seq = promised + 1; seq <= process_->head; ++seq)
        if (auto const record = process_->history.find(seq))
            world_.oracle.stored(event_number(record->event->event.id), seq);
}

void SimulatedBroker::check_cursors(SavedTotals const& saved) {
    for (Route const& route : routes_) {
        auto const found = saved.triggers.find(route->trigger);
        if (found == saved.triggers.end() || found->second.removed ||
            found->second.uid != route->uid)
            continue;
        std::int64_t const low_water = found->second.low_water;
        auto const page = process_->history.pending(
            {.trigger = route->trigger,
             .uid = route->uid,
             .to_seq = std::min(low_water == 0 ? saved.head : low_water - 1, process_->head),
             .limit = 1});
        if (page && !page->items.empty())
            world_.oracle.contradiction(
                "the cursor of " + route->uid + " is past event " +
                std::to_string(page->items.front().seq) + " of the log, which is not settled");
    }
}

void SimulatedBroker::check_event(std::int64_t seq) {
    auto const found = process_->history.find(seq);
    std::string const what = "event " + std::to_string(seq) + " of the log ";
    if (!found)
        return world_.oracle.contradiction(what + found.error().detail);
    for (TriggerVersionRef const& version : found->event->matches) {
        auto const trigger = process_->deliveries.all().find(version->trigger);
        if (trigger == process_->deliveries.all().end() ||
            trigger->second->route().uid != version->uid)
            continue;
        auto const record = found->deliveries.find(version->id);
        if (record == found->deliveries.end() || !is_settled(record->second.state))
            world_.oracle.contradiction(what + "is not settled for " + version->uid);
        else if (
            record->second.state == DeliveryState::failed &&
            record->second.attempts.back().error.empty())
            world_.oracle.contradiction(what + "failed for no reason");
    }
}

void SimulatedBroker::check_records() {
    for (std::int64_t seq = process_->segments.list()->front().first_seq; seq <= process_->head;
         ++seq)
        check_event(seq);
    for (auto const& [name, delivery] : process_->deliveries.all()) {
        TriggerTotals const& totals = delivery->totals();
        std::string const uid = delivery->route().uid;
        std::int64_t const oldest = process_->segments.list()->front().first_seq;
        std::size_t const most = world_.oracle.stored_for(uid);
        std::size_t const least =
            world_.oracle.were_counters_lost() ? world_.oracle.stored_for(uid, oldest) : most;
        if (totals.matched < least || totals.matched > most)
            world_.oracle.contradiction(
                uid + " counts " + std::to_string(totals.matched) + " matched events, there are " +
                std::to_string(most));
        if (totals.delivered + totals.failed != totals.matched)
            world_.oracle.contradiction(
                uid + " has delivered " + std::to_string(totals.delivered) + " events and given " +
                std::to_string(totals.failed) + " up, of " + std::to_string(totals.matched));
        if (delivery->pending() != 0)
            world_.oracle.contradiction(uid + " counts deliveries to be made");
    }
}

}  // namespace millrace::test
