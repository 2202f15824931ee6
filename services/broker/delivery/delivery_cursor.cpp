// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery/delivery_cursor.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "common/base/backoff.hpp"

namespace millrace::broker {
namespace {

constexpr milliseconds read_pause_first = 1s;
constexpr milliseconds read_pause_max = 30s;
/// A subscriber that says "busy" for longer has failed, whatever it says.
constexpr std::chrono::hours busy_max(24);
/// So many successes per request at once before one more is tried: a function with one worker is
/// asked for two things at once a quarter of the time, not all the time.
constexpr std::size_t successes_a_step = 4;

}  // namespace

DeliveryCursor::DeliveryCursor(Limits limits, std::int64_t position, std::int64_t unread_to)
    : limits_(limits),
      reading_(position < unread_to ? Reading::behind : Reading::caught_up),
      position_(position),
      unread_to_(unread_to),
      concurrency_(limits.concurrency) {}

DeliveryCursor::Action DeliveryCursor::next(SteadyTime now, bool may_send) {
    if (is_stopped_)
        return {};
    bool const has_room = schedule_.size() < limits_.window / 2 + 1;
    bool const wants_page = reading_ == Reading::behind && has_room;
    if (wants_page && read_due_ <= now) {
        reading_ = Reading::reading;
        return {
            .kind = Action::Kind::read,
            .read = {
                .after_seq = position_,
                .to_seq = unread_to_,
                .limit = limits_.window - schedule_.size()}};
    }
    bool const is_free = may_send && schedule_.in_flight() < concurrency_;
    if (is_free)
        if (auto const seq = schedule_.take(now))
            return {.kind = Action::Kind::send, .seq = *seq};
    std::optional<SteadyTime> until = is_free ? schedule_.next_due() : std::nullopt;
    if (wants_page)
        until = until ? std::min(*until, read_due_) : read_due_;
    if (!until)
        return {};
    return {.kind = Action::Kind::wait, .until = *until};
}

void DeliveryCursor::offered(std::int64_t seq, std::uint64_t lane, std::uint32_t version) {
    if (seq <= position_)
        return;  // A page had it already.
    if (reading_ != Reading::caught_up || schedule_.size() >= limits_.window) {
        unread_to_ = seq;
        if (reading_ == Reading::caught_up)
            reading_ = Reading::behind;
        return;
    }
    add({.seq = seq, .version = version, .lane = lane});
    position_ = seq;
}

void DeliveryCursor::add(PendingDelivery item) {
    Delivery delivery{.version = item.version, .state = item.state};
    if (item.state == DeliveryState::pending)
        delivery.attempts_made = static_cast<unsigned>(item.attempts.size());
    else if (!item.attempts.empty())
        delivery.reason = {
            .status = item.attempts.back().status, .error = item.attempts.back().error};
    delivery.attempts = std::move(item.attempts);
    schedule_.add(item.seq, item.lane);
    deliveries_.emplace(item.seq, std::move(delivery));
}

void DeliveryCursor::page_read(PendingPage page) {
    MILLRACE_ASSERT(reading_ == Reading::reading);
    for (PendingDelivery& item : page.items)
        add(std::move(item));
    position_ = std::max(position_, page.examined_to);
    reading_ = position_ < unread_to_ ? Reading::behind : Reading::caught_up;
    read_failures_ = 0;
    read_due_ = {};
}

void DeliveryCursor::read_failed(SteadyTime now) {
    MILLRACE_ASSERT(reading_ == Reading::reading);
    reading_ = Reading::behind;
    read_due_ = now + backoff(++read_failures_, read_pause_first, read_pause_max);
}

DeliveryCursor::Step DeliveryCursor::answered(
    std::int64_t seq, Answer const& answer, Terms const& terms, SteadyTime now) {
    Delivery& delivery = deliveries_.at(seq);
    auto const busy = busy_for(terms.retry, answer.result, answer.at);
    if (busy && (!delivery.busy_since || now - *delivery.busy_since < busy_max)) {
        if (!delivery.busy_since)
            delivery.busy_since = now;
        note_busy(seq, *busy, now);
        return {.outcome = Outcome::busy};
    }
    delivery.busy_since.reset();
    ++delivery.attempts_made;
    delivery.attempts.push_back(
        {.at = answer.at,
         .status = answer.result.status,
         .took = answer.took,
         .error = answer.result.error});
    if (delivery.attempts.size() > attempts_kept_max)
        delivery.attempts.erase(delivery.attempts.begin());
    return decided(seq, delivery, answer, terms, now);
}

DeliveryCursor::Step DeliveryCursor::decided(
    std::int64_t seq, Delivery& delivery, Answer const& answer, Terms const& terms,
    SteadyTime now) {
    bool const is_letter = delivery.state == DeliveryState::dead_lettering;
    Decision const decision =
        decide(terms.retry, answer.result, delivery.attempts_made, answer.at + answer.took);
    if (decision.next == Decision::Next::delivered) {
        note_success();
        return is_letter ? settled(seq, Outcome::dead_lettered, DeliveryState::dead_lettered)
                         : settled(seq, Outcome::delivered, DeliveryState::delivered);
    }
    if (decision.next == Decision::Next::retry) {
        schedule_.retry(seq, now + decision.delay);
        return {.outcome = Outcome::retry, .record = record_of(seq, delivery)};
    }
    if (is_letter || !terms.has_dead_letter_sink)
        return settled(seq, Outcome::failed, DeliveryState::failed);
    delivery.state = DeliveryState::dead_lettering;
    delivery.attempts_made = 0;
    delivery.reason = {
        .destination = terms.destination,
        .status = answer.result.status,
        .error = answer.result.error,
        .data = answer.error_data};
    schedule_.retry(seq, now);
    return {.outcome = Outcome::dead_letter, .record = record_of(seq, delivery)};
}

DeliveryCursor::Step DeliveryCursor::settled(
    std::int64_t seq, Outcome outcome, DeliveryState state) {
    auto const found = deliveries_.find(seq);
    found->second.state = state;
    Step step{.outcome = outcome, .record = record_of(seq, found->second)};
    deliveries_.erase(found);
    schedule_.finish(seq);
    return step;
}

DeliveryRecord DeliveryCursor::record_of(std::int64_t seq, Delivery const& delivery) const {
    return {
        .seq = seq,
        .version = delivery.version,
        .state = delivery.state,
        .attempts = delivery.attempts};
}

DeliveryRecord DeliveryCursor::lost(std::int64_t seq, Error const& error, SystemTime at) {
    deliveries_.at(seq).attempts.push_back({.at = at, .error = error.detail});
    return *settled(seq, Outcome::failed, DeliveryState::failed).record;
}

void DeliveryCursor::note_busy(std::int64_t seq, milliseconds wished, SteadyTime now) {
    // What is in flight still is what it can bear. The event goes when one of them has ended; only
    // where none is left, after the time wished.
    std::size_t const others = schedule_.in_flight() - 1;
    concurrency_ = std::max<std::size_t>(1, std::min(concurrency_, others));
    successes_ = 0;
    schedule_.retry(seq, others > 0 ? now : now + wished);
}

void DeliveryCursor::note_success() {
    if (concurrency_ >= limits_.concurrency || ++successes_ < successes_a_step * concurrency_)
        return;
    ++concurrency_;
    successes_ = 0;
}

std::int64_t DeliveryCursor::low_water(std::int64_t head) const {
    if (auto const lowest = schedule_.lowest())
        return *lowest;
    return reading_ == Reading::caught_up ? head + 1 : position_ + 1;
}

bool DeliveryCursor::is_caught_up() const {
    return reading_ == Reading::caught_up && schedule_.size() == 0;
}

}  // namespace millrace::broker
