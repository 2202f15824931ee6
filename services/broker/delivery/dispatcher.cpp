// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery/dispatcher.hpp"

#include "common/base/assert.hpp"
#include "common/base/log.hpp"

namespace millrace::broker {
namespace {

constexpr milliseconds pause = 100ms;
constexpr seconds pause_after_disk_error = 1s;

}  // namespace

Dispatcher::Dispatcher(DispatcherParts& parts, DispatcherOptions options, TriggerTotals totals)
    : parts_(parts),
      options_(options),
      totals_(std::move(totals)),
      position_(totals_.low_water - 1),
      timer_(parts.io),
      idle_(parts.io),
      tasks_(parts.io.get_executor()) {
    idle_.expires_at(SteadyTime::max());
    timer_.expires_at(SteadyTime::max());
}

void Dispatcher::set_route(TriggerRoute route) {
    bool const is_new_address =
        route.subscriber_url.has_value() &&
        route.subscriber_url.value_or("") != route_.subscriber_url.value_or("");
    route_ = std::move(route);
    if (!is_new_address)
        return;
    schedule_.hurry();
    pump();
}

void Dispatcher::start(std::int64_t head) {
    head_ = head;
    behind_ = position_ < head_;
    tasks_.spawn("dispatcher", wait_and_pump());
    pump();
}

void Dispatcher::offer(StoredEvent const& event, VerdictRef const& verdict) {
    ++totals_.matched;
    head_ = std::max(head_, event.seq);
    if (event.seq <= position_)
        return;
    if (behind_ || schedule_.size() >= options_.window) {
        behind_ = true;
        return;
    }
    add({.seq = event.seq, .verdict = verdict->id, .lane = lane_of(event.event)});
    position_ = event.seq;
}

void Dispatcher::advance(std::int64_t head) {
    head_ = std::max(head_, head);
    if (!behind_)
        position_ = std::max(position_, head_);
    totals_.low_water = low_water();
    pump();
}

std::int64_t Dispatcher::low_water() const {
    auto const lowest = schedule_.lowest();
    return lowest ? *lowest : position_ + 1;
}

std::uint64_t Dispatcher::pending() const {
    std::uint64_t const settled = totals_.delivered + totals_.failed;
    // Events still in the log are matched and not settled; counters saved a second ago may differ.
    return std::max<std::uint64_t>(
        schedule_.size(), behind_ && totals_.matched > settled ? totals_.matched - settled : 0);
}

void Dispatcher::add(PendingDelivery item) {
    Entry entry{.verdict = item.verdict, .state = item.state};
    if (item.state == DeliveryState::pending)
        entry.attempts_made = static_cast<unsigned>(item.attempts.size());
    else if (!item.attempts.empty())
        entry.reason = {
            .destination = route_.subscriber_url.value_or(""),
            .status = item.attempts.back().status,
            .error = item.attempts.back().error};
    entry.attempts = std::move(item.attempts);
    schedule_.add(item.seq, item.lane);
    entries_.emplace(item.seq, std::move(entry));
}

void Dispatcher::pump() {
    if (stopping_)
        return;
    bool const has_room = schedule_.size() < options_.window / 2 + 1;
    if (behind_ && !refilling_ && has_room) {
        refilling_ = true;
        tasks_.spawn("refill", refill());
    }
    if (parts_.writer.is_behind()) {
        wake_at(steady_now() + pause);
        return;
    }
    while (schedule_.in_flight() < options_.concurrency) {
        auto const seq = schedule_.take(steady_now());
        if (!seq)
            break;
        tasks_.spawn("delivery", attempt(*seq));
    }
    if (auto const due = schedule_.next_due())
        wake_at(*due);
}

void Dispatcher::wake_at(SteadyTime due) {
    if (timer_.expiry() <= due && timer_.expiry() > steady_now())
        return;
    timer_.expires_at(due);
}

Task<void> Dispatcher::wait_and_pump() {
    while (!stopping_) {
        // Setting another expiry ends the wait early: then it waits anew.
        co_await timer_.async_wait(as_result);
        if (stopping_)
            co_return;
        if (steady_now() < timer_.expiry())
            continue;
        timer_.expires_at(SteadyTime::max());
        pump();
    }
}

Task<void> Dispatcher::refill() {
    PendingQuery query{
        .trigger = route_.trigger,
        .after_seq = position_,
        .limit = options_.window - std::min(options_.window, schedule_.size())};
    // Events up to here are stored, so the log shows them; those that come meanwhile may be missed.
    std::int64_t const head_before = head_;
    auto& history = parts_.history;
    auto page = co_await parts_.reading.run([&history, query] { return history.pending(query); });
    if (!page) {
        log::error(
            "The event log cannot be read.",
            {{"trigger", route_.trigger}, {"error", page.error().detail}});
        co_await sleep_for(pause_after_disk_error);
    } else {
        for (PendingDelivery& item : page->items)
            add(std::move(item));
        position_ = std::max(position_, page->examined_to);
        if (page->items.empty() && page->examined == 0)
            position_ = std::max(position_, head_before);
        behind_ = position_ < head_;
    }
    refilling_ = false;
    totals_.low_water = low_water();
    pump();
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
        SystemTime const at = system_now();
        SteadyTime const begin = steady_now();
        AnswerMeaning const meaning = co_await exchange(*event, entries_.at(seq));
        auto const took = std::chrono::duration_cast<milliseconds>(steady_now() - begin);
        Entry& entry = entries_.at(seq);
        ++entry.attempts_made;
        entry.attempts.push_back(
            {.at = at,
             .status = meaning.result.status,
             .took = took,
             .error = meaning.result.error});
        if (entry.attempts.size() > attempts_kept_max)
            entry.attempts.erase(entry.attempts.begin());
        conclude(seq, meaning);
    } else {
        lost(seq, event.error());
    }
    totals_.low_water = low_water();
    if (schedule_.in_flight() == 0)
        idle_.cancel();
    pump();
}

void Dispatcher::lost(std::int64_t seq, Error const& error) {
    log::error(
        "An event to be delivered cannot be read.",
        {{"trigger", route_.trigger}, {"seq", seq}, {"error", error.detail}});
    if (error.code != ErrorCode::not_found) {
        schedule_.retry(seq, steady_now() + pause_after_disk_error);
        return;
    }
    entries_.at(seq).attempts.push_back({.at = system_now(), .error = error.detail});
    settle(seq, DeliveryState::failed);
}

Task<AnswerMeaning> Dispatcher::exchange(StoredEventRef event, Entry const& entry) {
    if (entry.state == DeliveryState::dead_lettering) {
        if (!route_.dead_letter_url)
            co_return no_answer({ErrorCode::unavailable, "There is no dead letter sink any more."});
        if (!route_.dead_letter_url->has_value())
            co_return no_answer(route_.dead_letter_url->error());
        CloudEvent const letter = dead_letter_event(event->event, entry.reason);
        HttpRequest request = subscriber_request(*event, letter, true);
        co_return co_await send(std::move(event), std::move(request), **route_.dead_letter_url);
    }
    if (!route_.subscriber_url)
        co_return no_answer(route_.subscriber_url.error());
    HttpRequest request = subscriber_request(*event, event->event, true);
    co_return co_await send(std::move(event), std::move(request), *route_.subscriber_url);
}

Task<AnswerMeaning> Dispatcher::send(StoredEventRef event, HttpRequest request, std::string url) {
    auto const target = parse_url(url);
    if (!target)
        co_return no_answer(target.error());
    auto const answer = co_await parts_.client.send(*target, request, route_.retry.timeout);
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

void Dispatcher::conclude(std::int64_t seq, AnswerMeaning const& meaning) {
    Entry& entry = entries_.at(seq);
    bool const is_letter = entry.state == DeliveryState::dead_lettering;
    Decision const decision =
        decide(route_.retry, meaning.result, entry.attempts_made, system_now());
    switch (decision.next) {
        case Decision::Next::delivered:
            settle(seq, is_letter ? DeliveryState::dead_lettered : DeliveryState::delivered);
            break;
        case Decision::Next::retry:
            note_error(entry.attempts.back());
            save(seq, entry);
            parts_.retried();
            schedule_.retry(seq, steady_now() + decision.delay);
            break;
        case Decision::Next::give_up:
            note_error(entry.attempts.back());
            give_up(seq, entry, meaning);
            break;
    }
}

void Dispatcher::give_up(std::int64_t seq, Entry& entry, AnswerMeaning const& meaning) {
    bool const has_sink = route_.dead_letter_url.has_value();
    if (entry.state == DeliveryState::dead_lettering || !has_sink) {
        settle(seq, DeliveryState::failed);
        return;
    }
    entry.state = DeliveryState::dead_lettering;
    entry.attempts_made = 0;
    entry.reason = {
        .destination = route_.subscriber_url.value_or(""),
        .status = meaning.result.status,
        .error = meaning.result.error,
        .data = meaning.error_data};
    save(seq, entry);
    schedule_.retry(seq, steady_now());
}

void Dispatcher::settle(std::int64_t seq, DeliveryState state) {
    Entry& entry = entries_.at(seq);
    entry.state = state;
    save(seq, entry);
    bool const is_delivered = state == DeliveryState::delivered;
    ++(is_delivered ? totals_.delivered : totals_.failed);
    if (is_delivered)
        totals_.last_delivered_at = system_now();
    if (!is_delivered)
        log::warn(
            "An event was not delivered.",
            {{"trigger", route_.trigger},
             {"seq", seq},
             {"dead_lettered", state == DeliveryState::dead_lettered},
             {"error", totals_.last_error}});
    parts_.settled(state);
    entries_.erase(seq);
    schedule_.finish(seq);
}

void Dispatcher::save(std::int64_t seq, Entry const& entry) {
    parts_.writer.record(
        {.seq = seq, .verdict = entry.verdict, .state = entry.state, .attempts = entry.attempts});
}

void Dispatcher::note_error(Attempt const& attempt) {
    totals_.last_error_at = attempt.at;
    totals_.last_error_status = attempt.status;
    totals_.last_error = attempt.error;
}

Task<void> Dispatcher::stop(SteadyTime deadline) {
    stopping_ = true;
    while (schedule_.in_flight() > 0 && steady_now() < deadline) {
        idle_.expires_at(deadline);
        co_await idle_.async_wait(as_result);
    }
    timer_.cancel();
    co_await tasks_.stop();
}

}  // namespace millrace::broker
