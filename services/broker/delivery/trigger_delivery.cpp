// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery/trigger_delivery.hpp"

namespace millrace::broker {
namespace {

constexpr seconds read_pause = 1s;
/// With more, the oldest are saved as if nothing older were unsettled: counted twice after a kill.
constexpr std::size_t failed_ahead_max = 100'000;

bool says_the_same(
    std::shared_ptr<std::string const> const& one,
    std::shared_ptr<std::string const> const& other) {
    return one == other || (one != nullptr && other != nullptr && *one == *other);
}

}  // namespace

TriggerDelivery::TriggerDelivery(
    DeliveryCursor::Limits limits, TriggerTotals totals, TriggerRouteRef route,
    std::int64_t unread_to)
    : totals_(std::move(totals)),
      route_(std::move(route)),
      cursor_(limits, totals_.low_water - 1, unread_to) {}

bool TriggerDelivery::set_route(TriggerRouteRef route) {
    bool const is_new_address =
        route->subscriber_url.has_value() &&
        (route->subscriber_url.value_or("") != route_->subscriber_url.value_or("") ||
         !says_the_same(route->subscriber_authorities, route_->subscriber_authorities));
    route_ = std::move(route);
    totals_.broker = route_->broker;
    if (is_new_address)
        cursor_.hurry();
    return is_new_address;
}

void TriggerDelivery::offered(StoredEvent const& event, std::uint32_t version) {
    ++totals_.matched;
    is_changed_ = true;
    cursor_.offered(event.seq, event.lane, version);
}

PendingQuery TriggerDelivery::query(DeliveryCursor::Action::Read const& wanted) const {
    return {
        .trigger = route_->trigger,
        .uid = route_->uid,
        .after_seq = wanted.after_seq,
        .to_seq = wanted.to_seq,
        .limit = wanted.limit};
}

void TriggerDelivery::page_read(PendingPage page, SystemTime at) {
    if (LostEvents const& lost = page.lost; lost.count > 0) {
        totals_.matched += lost.count;
        totals_.failed += lost.count;
        note_error(
            at, 0,
            std::to_string(lost.count) + (lost.count == 1 ? " event that is" : " events that are") +
                " to be delivered can't be read any more: " + lost.problem);
    }
    for (std::int64_t const seq : page.failed)
        add_failed(seq);
    cursor_.page_read(std::move(page));
    if (!cursor_.is_behind())
        balance();
}

void TriggerDelivery::read_failed(Error const& error, SteadyTime now, SystemTime at) {
    note_error(at, 0, error.detail);
    cursor_.read_failed(now);
}

DeliveryCursor::Step TriggerDelivery::answered(
    std::int64_t seq, DeliveryCursor::Answer const& answer, SteadyTime now) {
    auto step = cursor_.answered(
        seq, answer,
        {.retry = route_->retry,
         .has_dead_letter_sink = route_->dead_letter_url != nullptr,
         .destination = route_->subscriber_url.value_or("")},
        now);
    if (!answer.result.error.empty())
        note_error(answer.at, answer.result.status, answer.result.error);
    if (step.record && is_settled(step.record->state))
        settled(seq, step.record->state, answer.at + answer.took);
    return step;
}

std::optional<DeliveryRecord> TriggerDelivery::unreadable(
    std::int64_t seq, Error const& error, SteadyTime now, SystemTime at) {
    // Only what is known to be gone is given up.
    if (error.code != ErrorCode::not_found && error.code != ErrorCode::damaged) {
        cursor_.try_again(seq, now + read_pause);
        return std::nullopt;
    }
    note_error(at, 0, error.detail);
    settled(seq, DeliveryState::failed, at);
    return cursor_.lost(seq, error, at);
}

void TriggerDelivery::settled(std::int64_t seq, DeliveryState state, SystemTime at) {
    if (state != DeliveryState::delivered)
        return add_failed(seq);
    ++totals_.delivered;
    totals_.last_delivered_at = at;
    is_changed_ = true;
}

void TriggerDelivery::add_failed(std::int64_t seq) {
    ++totals_.failed;
    failed_ahead_.insert(seq);
    if (failed_ahead_.size() > failed_ahead_max)
        failed_ahead_.erase(failed_ahead_.begin());
    is_changed_ = true;
}

/// Every matched event is settled or known here: deliveries of the last second before a kill were
/// not counted, and those whose record was not on disk are made, and counted, again.
void TriggerDelivery::balance() {
    std::uint64_t const others = cursor_.known() + totals_.failed;
    totals_.matched = std::max(totals_.matched, others);
    totals_.delivered = totals_.matched - others;
    is_changed_ = true;
}

void TriggerDelivery::note_error(SystemTime at, int status, std::string const& error) {
    totals_.last_error_at = at;
    totals_.last_error_status = status;
    totals_.last_error = error;
    is_changed_ = true;
}

std::uint64_t TriggerDelivery::pending() const {
    std::uint64_t const settled = totals_.delivered + totals_.failed;
    // Events still in the log are matched and not settled; counters saved a second ago may differ.
    bool const has_more = cursor_.is_behind() && totals_.matched > settled;
    return std::max<std::uint64_t>(cursor_.known(), has_more ? totals_.matched - settled : 0);
}

std::optional<TriggerTotals> TriggerDelivery::take_changed(std::int64_t head) {
    std::int64_t const low_water = cursor_.is_caught_up() ? 0 : cursor_.low_water(head);
    if (!is_changed_ && low_water == saved_low_water_)
        return std::nullopt;
    is_changed_ = false;
    saved_low_water_ = low_water;
    TriggerTotals changed = totals_;
    changed.low_water = low_water;
    if (low_water > 0)
        failed_ahead_.erase(failed_ahead_.begin(), failed_ahead_.lower_bound(low_water));
    else
        failed_ahead_.clear();
    changed.failed -= failed_ahead_.size();
    return changed;
}

}  // namespace millrace::broker
