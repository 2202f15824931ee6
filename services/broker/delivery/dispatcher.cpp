// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery/dispatcher.hpp"

#include "common/base/log.hpp"

namespace millrace::broker {
namespace {

constexpr milliseconds writer_pause = 100ms;

}  // namespace

Dispatcher::Dispatcher(DispatcherParts& parts, TriggerDelivery& delivery)
    : parts_(parts),
      delivery_(delivery),
      idle_(parts.io.get_executor()),
      tasks_(parts.io.get_executor()) {}

DeliveryTarget Dispatcher::target_of(
    Result<std::string> const& address, std::shared_ptr<std::string const> const& authorities) {
    if (!address)
        return std::unexpected(no_answer(address.error()));
    if (address->empty())
        return std::unexpected(no_answer({ErrorCode::unavailable, "No address is given."}));
    auto url = parse_url(*address);
    if (!url)
        return std::unexpected(unusable_address(url.error()));
    auto client = parts_.clients.get(authorities == nullptr ? std::string() : *authorities);
    if (!client)
        return std::unexpected(no_answer(client.error()));
    return std::make_shared<DeliveryPlace const>(std::move(*url), std::move(*client));
}

void Dispatcher::update_targets() {
    if (targets_of_ == delivery_.route_ref())
        return;
    targets_of_ = delivery_.route_ref();
    subscriber_ = target_of(targets_of_->subscriber_url, targets_of_->subscriber_authorities);
    if (targets_of_->dead_letter_url)
        dead_letter_ =
            target_of(*targets_of_->dead_letter_url, targets_of_->dead_letter_authorities);
}

void Dispatcher::pump() {
    using Kind = DeliveryCursor::Action::Kind;
    for (;;) {
        bool const may_send = !parts_.writer.is_behind();
        auto const action = delivery_.next(steady_now(), may_send);
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
        DeliveryCursor const& cursor = delivery_.cursor();
        if (!may_send && cursor.known() > cursor.in_flight())
            parts_.wake_at(*this, steady_now() + writer_pause);
        return;
    }
}

Task<void> Dispatcher::read(DeliveryCursor::Action::Read wanted) {
    auto page =
        co_await parts_.reading.run([&history = parts_.history, query = delivery_.query(wanted)] {
            return history.pending(query);
        });
    if (page) {
        note_lost(page->lost);
        delivery_.page_read(std::move(*page), system_now());
    } else {
        log::error(
            "The event log cannot be read; tried again.",
            {{"trigger", delivery_.route().trigger}, {"error", page.error().detail}});
        delivery_.read_failed(page.error(), steady_now(), system_now());
    }
    pump();
}

void Dispatcher::note_lost(LostEvents const& lost) {
    if (lost.count > 0)
        log::error(
            "Stored events are damaged; they are given up.",
            {{"trigger", delivery_.route().trigger},
             {"first", lost.first_seq},
             {"last", lost.last_seq},
             {"count", lost.count},
             {"problem", lost.problem}});
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
    if (delivery_.cursor().in_flight() == 0)
        idle_.notify();
    pump();
}

void Dispatcher::give_up_unreadable(std::int64_t seq, Error const& error) {
    log::error(
        "An event to be delivered cannot be read.",
        {{"trigger", delivery_.route().trigger}, {"seq", seq}, {"error", error.detail}});
    auto record = delivery_.unreadable(seq, error, steady_now(), system_now());
    if (!record)
        return;
    write(std::move(*record));
    note_not_delivered(seq, DeliveryState::failed);
    parts_.settled(DeliveryState::failed);
}

Task<AnswerMeaning> Dispatcher::exchange(std::int64_t seq, StoredEventRef event) {
    update_targets();
    TriggerRoute const& route = *targets_of_;
    DeliveryCursor::Delivery const& delivery = delivery_.cursor().delivery(seq);
    // A kept connection may be closed just then, request read or not. That counts as an attempt: no
    // more requests are sent than the retry count says, and none goes unrecorded (attack 22). The
    // last one has no other after it, so it has a connection of its own.
    auto const kept = is_last_attempt(route.retry, delivery.attempts_made) ? KeptConnection::avoid
                                                                           : KeptConnection::once;
    if (delivery.state == DeliveryState::dead_lettering) {
        if (!route.dead_letter_url)
            co_return no_answer({ErrorCode::unavailable, "There is no dead letter sink any more."});
        DeadLetterReason reason = delivery.reason;
        if (reason.destination.empty())
            reason.destination = route.subscriber_url.value_or("");
        CloudEvent const letter = dead_letter_event(event->event, reason);
        HttpRequest request = subscriber_request(*event, letter, route);
        co_return co_await send(std::move(event), std::move(request), dead_letter_, kept);
    }
    HttpRequest request = subscriber_request(*event, event->event, route);
    co_return co_await send(std::move(event), std::move(request), subscriber_, kept);
}

Task<AnswerMeaning> Dispatcher::send(
    StoredEventRef event, HttpRequest request, DeliveryTarget target, KeptConnection kept) {
    if (!target)
        co_return target.error();
    auto const answer = co_await (*target)->client->send(
        (*target)->url, request, delivery_.route().retry.timeout, kept);
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
    auto step = delivery_.answered(seq, answer, steady_now());
    if (step.outcome == DeliveryCursor::Outcome::retry)
        parts_.retried();
    if (!step.record)
        return;
    DeliveryState const state = step.record->state;
    write(std::move(*step.record));
    if (!is_settled(state))
        return;
    if (state != DeliveryState::delivered)
        note_not_delivered(seq, state);
    parts_.settled(state);
}

void Dispatcher::note_not_delivered(std::int64_t seq, DeliveryState state) {
    log::warn(
        "An event was not delivered.", {{"trigger", delivery_.route().trigger},
                                        {"seq", seq},
                                        {"dead_lettered", state == DeliveryState::dead_lettered},
                                        {"error", delivery_.totals().last_error}});
}

void Dispatcher::write(DeliveryRecord record) {
    parts_.recorded(record);
    parts_.writer.record(std::move(record));
}

Task<void> Dispatcher::stop(SteadyTime deadline) {
    delivery_.stop();
    while (delivery_.cursor().in_flight() > 0 && steady_now() < deadline)
        if (auto const woken = co_await idle_.wait_until(deadline); !woken)
            break;
    co_await tasks_.stop();
}

}  // namespace millrace::broker
