// SPDX-License-Identifier: Apache-2.0
#include "broker/api/delivery_board.hpp"

#include <algorithm>
#include <utility>

namespace millrace::broker {
namespace {

DeliveryCounts sum(std::map<std::uint32_t, DeliveryState> const& states) {
    DeliveryCounts counts;
    for (auto const& [version, state] : states)
        counts.add(state);
    return counts;
}

}  // namespace

void DeliveryBoard::stored(StoredEvent const& event) {
    States states;
    for (TriggerVersionRef const& match : event.matches)
        states.emplace(match->id, DeliveryState::pending);
    if (states.empty())
        return;
    deliveries_ += states.size();
    rows_.insert_or_assign(event.seq, std::move(states));
    keep_bounds();
}

void DeliveryBoard::changed(DeliveryRecord const& record) {
    auto const known = rows_.find(record.seq);
    if (known != rows_.end() && known->second.contains(record.version)) {
        known->second[record.version] = record.state;
        changed_.insert(record.seq);
        return;
    }
    if (unread_[record.seq].insert_or_assign(record.version, record.state).second)
        ++deliveries_;
    keep_bounds();
}

void DeliveryBoard::doubt(std::int64_t seq) {
    if (!rows_.contains(seq))
        unread_.try_emplace(seq);
}

std::vector<DeliveryBoard::Row> DeliveryBoard::take(std::size_t max) {
    std::vector<Row> rows;
    while (rows.size() < max && !changed_.empty()) {
        std::int64_t const seq = *changed_.begin();
        auto const found = rows_.find(seq);
        rows.push_back({.seq = seq, .counts = sum(found->second)});
        // A settled event changes no more.
        if (rows.back().counts.pending == 0)
            forget(found);
        else
            changed_.erase(seq);
    }
    return rows;
}

std::vector<std::int64_t> DeliveryBoard::unread(std::size_t max) const {
    std::vector<std::int64_t> seqs;
    for (auto at = unread_.begin(); at != unread_.end() && seqs.size() < max; ++at)
        seqs.push_back(at->first);
    return seqs;
}

void DeliveryBoard::learn(
    std::int64_t seq, HistoryRecord const* record, TriggersInForce const* triggers) {
    auto const found = unread_.find(seq);
    if (found == unread_.end())
        return;
    States const newer = std::exchange(found->second, {});
    deliveries_ -= newer.size();
    unread_.erase(found);
    if (record == nullptr)
        return;
    States states;
    for (TriggerVersionRef const& match : record->event->matches) {
        auto const change = newer.find(match->id);
        states.emplace(
            match->id, change == newer.end() ? record->state_of(match->trigger, match->id, triggers)
                                             : change->second);
    }
    deliveries_ += states.size();
    rows_.insert_or_assign(seq, std::move(states));
    changed_.insert(seq);
    keep_bounds();
}

bool DeliveryBoard::take_lost() {
    return std::exchange(lost_, false);
}

void DeliveryBoard::clear() {
    rows_.clear();
    changed_.clear();
    unread_.clear();
    deliveries_ = 0;
    lost_ = false;
}

void DeliveryBoard::forget(std::map<std::int64_t, States>::iterator at) {
    deliveries_ -= at->second.size();
    changed_.erase(at->first);
    rows_.erase(at);
}

/// The oldest go first. What is forgotten without news is read again when it changes.
void DeliveryBoard::keep_bounds() {
    while (deliveries_ > deliveries_max_ && !rows_.empty()) {
        lost_ = lost_ || changed_.contains(rows_.begin()->first);
        forget(rows_.begin());
    }
    while (deliveries_ > deliveries_max_ && !unread_.empty()) {
        lost_ = true;
        deliveries_ -= unread_.begin()->second.size();
        unread_.erase(unread_.begin());
    }
}

}  // namespace millrace::broker
