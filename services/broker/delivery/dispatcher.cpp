// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery/dispatcher.hpp"

#include "common/base/assert.hpp"
#include "common/base/log.hpp"

namespace millrace::broker {
namespace {

constexpr milliseconds writer_pause = 100ms;
constexpr seconds read_pause = 1s;

Result<Url> target_of(Result<std::string> const& address) {
    if (!address)
        return std::unexpected(address.error());
    return parse_url(*address);
}

}  // namespace

Dispatcher::Dispatcher(
    DispatcherParts& parts, DeliveryCursor::Limits limits, TriggerTotals totals,
    TriggerRouteRef route, std::int64_t unread_to)
    : parts_(parts),
      totals_(std::move(totals)),
      route_(std::move(route)),
      cursor_(limits, totals_.low_water - 1, unread_to),
      idle_(parts.io.get_executor()),
      tasks_(parts.io.get_executor()) {
    set_targets();
}

void Dispatcher::set_targets() {
    subscriber_ = target_of(route_->subscriber_url);
    if (route_->dead_letter_url)
        dead_letter_ = target_of(*route_->dead_letter_url);
}

void Dispatcher::set_route(TriggerRouteRef route) {
    bool const is_new_address =
        route->subscriber_url.has_value() &&
        route->subscriber_url.value_or("") != route_->subscriber_url.value_or("");
    route_ = std::move(route);
    totals_.broker = route_->broker;
    set_targets();
    if (!is_new_address)
        return;
    cursor_.hurry();
    pump();
}

void Dispatcher::offer(StoredEvent const& event, std::uint32_t version) {
    ++totals_.matched;
    is_changed_ = true;
    cursor_.offered(event.seq, event.lane, version);
}

void Dispatcher::pump() {
    using Kind = DeliveryCursor::Action::Kind;
    for (;;) {
        bool const may_send = !parts_.writer.is_behind();
        auto const action = cursor_.next(steady_now(), may_send);
        switch (action.kind) {
            case Kind::send:
                tasks_.spawn("delivery", attempt(action.seq));
                continue;
            case Kind::read:
                tasks_.spawn("read the log", read(action.read));
                continue;
            case Kind::wait:
                parts_.wake_at(*this, action.until);
                break;
            case Kind::idle:
                break;
        }
        if (!may_send && cursor_.known() > cursor_.in_flight())
            parts_.wake_at(*this, steady_now() + writer_pause);
        return;
    }
}

Task<void> Dispatcher::read(DeliveryCursor::Action::Read wanted) {
    PendingQuery query{
        .trigger = route_->trigger,
        .uid = route_->uid,
        .after_seq = wanted.after_seq,
        .to_seq = wanted.to_seq,
        .limit = wanted.limit};
    auto page = co_await parts_.reading.run(
        [&history = parts_.history, query = std::move(query)] { return history.pending(query); });
    if (page) {
        note_lost(page->lost);
        cursor_.page_read(std::move(*page));
    } else {
        log::error(
            "The event log cannot be read; tried again.",
            {{"trigger", route_->trigger}, {"error", page.error().detail}});
        note_error(system_now(), 0, page.error().detail);
        cursor_.read_failed(steady_now());
    }
    pump();
}

void Dispatcher::note_lost(LostEvents const& lost) {
    if (lost.count == 0)
        return;
    std::string const events = std::to_string(lost.count) +
                               (lost.count == 1 ? " event that is" : " events that are") +
                               " to be delivered can't be read any more: " + lost.problem;
    log::error(
        "Stored events are damaged; they are given up.", {{"trigger", route_->trigger},
                                                          {"first", lost.first_seq},
                                                          {"last", lost.last_seq},
                                                          {"count", lost.count},
                                                          {"problem", lost.problem}});
    totals_.matched += lost.count;
    totals_.failed += lost.count;
    note_error(system_now(), 0, events);
}

Task<Result<StoredEventRef>> Dispatcher::load(std::int64_t seq) {
    if (auto event = parts_.recent.find(seq))
        co_return event;
    auto& history = parts_.history;
    auto record = co_await parts_.reading.run([&history, seq] { return history.find(seq); });
    if (!record)
        co_return std::unexpected(record.error());
    co_return record->event;
}

Task<void> Dispatcher::attempt(std::int64_t seq) {
    auto event = co_await load(seq);
    if (event) {
        DeliveryCursor::Answer answer{.at = system_now()};
        SteadyTime const begin = steady_now();
        AnswerMeaning meaning = co_await exchange(seq, std::move(*event));
        answer.result = std::move(meaning.result);
        answer.error_data = std::move(meaning.error_data);
        answer.took = std::chrono::duration_cast<milliseconds>(steady_now() - begin);
        conclude(seq, answer);
    } else {
        give_up_unreadable(seq, event.error());
    }
    if (cursor_.in_flight() == 0)
        idle_.notify();
    pump();
}

void Dispatcher::give_up_unreadable(std::int64_t seq, Error const& error) {
    log::error(
        "An event to be delivered cannot be read.",
        {{"trigger", route_->trigger}, {"seq", seq}, {"error", error.detail}});
    // Only what is known to be gone is given up.
    if (error.code != ErrorCode::not_found && error.code != ErrorCode::damaged) {
        cursor_.try_again(seq, steady_now() + read_pause);
        return;
    }
    note_error(system_now(), 0, error.detail);
    write(cursor_.lost(seq, error, system_now()));
    settle(seq, DeliveryState::failed);
}

Task<AnswerMeaning> Dispatcher::exchange(std::int64_t seq, StoredEventRef event) {
    DeliveryCursor::Delivery const& delivery = cursor_.delivery(seq);
    if (delivery.state == DeliveryState::dead_lettering) {
        if (!route_->dead_letter_url)
            co_return no_answer({ErrorCode::unavailable, "There is no dead letter sink any more."});
        DeadLetterReason reason = delivery.reason;
        if (reason.destination.empty())
            reason.destination = route_->subscriber_url.value_or("");
        CloudEvent const letter = dead_letter_event(event->event, reason);
        HttpRequest request = subscriber_request(*event, letter, true);
        co_return co_await send(std::move(event), std::move(request), dead_letter_);
    }
    HttpRequest request = subscriber_request(*event, event->event, true);
    co_return co_await send(std::move(event), std::move(request), subscriber_);
}

Task<AnswerMeaning> Dispatcher::send(
    StoredEventRef event, HttpRequest request, Result<Url> const& url) {
    if (!url)
        co_return no_answer(url.error());
    auto const answer = co_await parts_.client.send(*url, request, route_->retry.timeout);
    if (!answer)
        co_return no_answer(answer.error());
    AnswerMeaning meaning = read_answer(*answer);
    if (!meaning.reply)
        co_return meaning;
    co_return co_await with_reply_stored(std::move(event), std::move(meaning));
}

Task<AnswerMeaning> Dispatcher::with_reply_stored(StoredEventRef event, AnswerMeaning meaning) {
    auto const stored = co_await parts_.store_reply(event, std::move(*meaning.reply));
    meaning.reply.reset();
    if (stored)
        co_return meaning;
    bool const can_be_repeated =
        stored.error().code == ErrorCode::unavailable || stored.error().code == ErrorCode::storage;
    meaning.result.error = "The reply cannot be stored: " + stored.error().detail;
    meaning.result.is_final = !can_be_repeated;
    co_return meaning;
}

void Dispatcher::conclude(std::int64_t seq, DeliveryCursor::Answer const& answer) {
    using Outcome = DeliveryCursor::Outcome;
    auto step = cursor_.answered(
        seq, answer,
        {.retry = route_->retry,
         .has_dead_letter_sink = route_->dead_letter_url.has_value(),
         .destination = route_->subscriber_url.value_or("")},
        steady_now());
    if (!answer.result.error.empty())
        note_error(answer.at, answer.result.status, answer.result.error);
    std::optional<DeliveryState> const state =
        step.record ? std::optional(step.record->state) : std::nullopt;
    if (step.record)
        write(std::move(*step.record));
    if (step.outcome == Outcome::retry)
        parts_.retried();
    if (state && is_settled(*state))
        settle(seq, *state);
}

void Dispatcher::settle(std::int64_t seq, DeliveryState state) {
    bool const is_delivered = state == DeliveryState::delivered;
    ++(is_delivered ? totals_.delivered : totals_.failed);
    is_changed_ = true;
    if (is_delivered)
        totals_.last_delivered_at = system_now();
    else
        log::warn(
            "An event was not delivered.",
            {{"trigger", route_->trigger},
             {"seq", seq},
             {"dead_lettered", state == DeliveryState::dead_lettered},
             {"error", totals_.last_error}});
    parts_.settled(state);
}

void Dispatcher::note_error(SystemTime at, int status, std::string const& error) {
    totals_.last_error_at = at;
    totals_.last_error_status = status;
    totals_.last_error = error;
    is_changed_ = true;
}

void Dispatcher::write(DeliveryRecord record) {
    parts_.recorded(record);
    parts_.writer.record(std::move(record));
}

std::uint64_t Dispatcher::pending() const {
    std::uint64_t const settled = totals_.delivered + totals_.failed;
    // Events still in the log are matched and not settled; counters saved a second ago may differ.
    bool const has_more = cursor_.is_behind() && totals_.matched > settled;
    return std::max<std::uint64_t>(cursor_.known(), has_more ? totals_.matched - settled : 0);
}

std::optional<TriggerTotals> Dispatcher::take_changed(std::int64_t head) {
    std::int64_t const low_water = cursor_.is_caught_up() ? 0 : cursor_.low_water(head);
    if (!is_changed_ && low_water == saved_low_water_)
        return std::nullopt;
    is_changed_ = false;
    saved_low_water_ = low_water;
    TriggerTotals changed = totals_;
    changed.low_water = low_water;
    return changed;
}

Task<void> Dispatcher::stop(SteadyTime deadline) {
    cursor_.stop();
    while (cursor_.in_flight() > 0 && steady_now() < deadline)
        if (auto const woken = co_await idle_.wait_until(deadline); !woken)
            break;
    co_await tasks_.stop();
}

}  // namespace millrace::broker
