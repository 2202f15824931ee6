// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/broker/simulated_broker.hpp"

#include <algorithm>

#include "broker/delivery/subscriber_message.hpp"

namespace millrace::test {
namespace {

using namespace broker;

constexpr nanoseconds commit_time = 3ms;
constexpr nanoseconds read_time = 1ms;
constexpr nanoseconds save_interval = 200ms;  // Of the service 1 s: cursors are what may go wrong.
constexpr nanoseconds pause_after_refused_start = 500ms;
constexpr std::size_t recent_bytes_max = 8192;  // A few events: the rest is read from the log.
constexpr seconds recent_age_max = 30s;
constexpr SystemTime epoch{std::chrono::hours(24 * 365 * 55)};

WriterOptions writer_options() {
    // Records wait longer than in the service, so that more crashes find some waiting.
    return {
        .queue_events_max = 40,
        .records_max = 100,
        .records_delay = 40ms,
        .retention_interval = 2s};
}

}  // namespace

SimulatedBroker::Process::Process(EventLogOptions const& options, SteadyTime now)
    : log(options, segments),
      totals(options.folder.parent_path() / "totals.db"),
      matcher({.version = log.next_version_id(), .set = log.next_set_id()}),
      history(segments),
      recent(recent_bytes_max, recent_age_max),
      queue(writer_options()),
      keeper(log, totals, writer_options().retention_interval, now),
      deliveries({.concurrency = 4, .window = 16}),
      head(log.next_seq() - 1) {}

SimulatedBroker::SimulatedBroker(World world, EventLogOptions options)
    : world_(world),
      options_(std::move(options)) {
    options_.folder = world_.disk.folder() / "segments";
    options_.clock = [this] { return steady(); };
}

SystemTime SimulatedBroker::system() const {
    return epoch + now_;
}

void SimulatedBroker::plan(nanoseconds after, std::function<void()> act) {
    due_.push(
        {now_ + std::max(after, 0ns), planned_++, life_,
         std::make_shared<std::function<void()>>(std::move(act))});
}

void SimulatedBroker::run_until(nanoseconds until) {
    while (!world_.disk.crashed() && !due_.empty() && due_.top().at <= until) {
        Due const next = due_.top();
        due_.pop();
        now_ = next.at;
        if (next.life == life_)
            (*next.act)();
    }
    if (!world_.disk.crashed())
        now_ = until;
}

void SimulatedBroker::restart(bool power_was_lost) {
    // What ends writes nothing more, whatever its destructors try.
    world_.disk.crash();
    world_.oracle.process_ended(now_);
    ++life_;
    process_.reset();
    world_.disk.restart(power_was_lost);
    start();
}

void SimulatedBroker::start() {
    world_.disk.before_removals();
    try {
        process_ = std::make_unique<Process>(options_, steady());
    } catch (StartupError const&) {
        world_.disk.after_removals();
        // As the service does: it is tried again.
        plan(pause_after_refused_start, [this] { start(); });
        return;
    }
    world_.disk.after_removals();
    Process& process = *process_;
    for (LogDamage const& damage : process.log.damages())
        world_.oracle.damage(damage.problem);
    if (!process.totals.trouble().empty())
        world_.oracle.damage(process.totals.trouble());
    note_stored();
    auto saved = process.totals.read();
    if (!saved)
        saved = SavedTotals{.is_whole = false};
    check_cursors(*saved);
    auto matched = process.history.matches(saved->is_whole ? saved->head : 0, process.head);
    process.deliveries.restore(
        std::move(*saved), matched ? std::optional(std::move(*matched)) : std::nullopt,
        process.head);
    routes_changed();
    plan(save_interval, [this] { save(); });
    plan_write();
}

void SimulatedBroker::set_triggers(std::vector<Route> routes) {
    routes_ = std::move(routes);
    if (process_)
        routes_changed();
}

void SimulatedBroker::routes_changed() {
    Process& process = *process_;
    process.matcher.set_triggers(routes_);
    auto changes = process.deliveries.set_routes(routes_, {}, process.head);
    for (auto const& removed : changes.removed) {
        process.live.at(removed.get())->delivery = nullptr;
        process.live.erase(removed.get());
    }
    for (TriggerDelivery* delivery : changes.readdressed)
        pump(process.live.at(delivery));
    for (TriggerDelivery* delivery : changes.made)
        pump(process.live.emplace(delivery, std::make_shared<Live>(delivery)).first->second);
}

void SimulatedBroker::post(std::vector<std::pair<std::size_t, CloudEvent>> events) {
    if (!process_)
        return;
    Process& process = *process_;
    Append append;
    std::vector<std::size_t> numbers;
    for (auto& [number, event] : events) {
        auto stored = std::make_shared<StoredEvent>();
        stored->broker = "default/default";
        stored->received_at = system();
        stored->ttl = 255;
        stored->lane = lane_of(event);
        auto answer = process.matcher.ask(stored->broker, event);
        stored->asked = std::move(answer.asked);
        stored->matches = std::move(answer.matches);
        stored->event = std::move(event);
        stored->memory_bytes = memory_of(*stored);
        append.bytes += stored->memory_bytes;
        append.events.push_back(std::move(stored));
        numbers.push_back(number);
    }
    append.done = [this, numbers](Result<void> const& outcome) {
        for (std::size_t const number : numbers)
            if (outcome)
                world_.oracle.accepted(number);
    };
    if (process.queue.put(append))
        plan_write();
}

void SimulatedBroker::plan_write() {
    Process& process = *process_;
    if (process.is_writing)
        return;
    SteadyTime const due =
        std::min(process.queue.due().value_or(SteadyTime::max()), process.keeper.due());
    SteadyTime const at = std::max(due, steady());
    if (process.write_planned && *process.write_planned <= at)
        return;
    process.write_planned = at;
    plan(at - steady(), [this, at] {
        if (process_->write_planned != at || process_->is_writing)
            return;
        process_->write_planned.reset();
        write();
    });
}

void SimulatedBroker::write() {
    Process& process = *process_;
    std::int64_t const recent_seq = process.log.recent_seq();
    auto const tell =
        [this](std::vector<Append> appends, EventBatch events, Result<void> const& outcome) {
            committed(std::move(appends), std::move(events), outcome.has_value());
        };
    auto const events =
        process.log.next_seq() - recent_seq + static_cast<std::int64_t>(process.queue.events());
    bool const may_remove =
        steady() >= process.keeper.due() || events >= options_.segment_events_max;
    if (may_remove)
        world_.disk.before_removals();
    auto left = process.keeper.perform(process.queue.take(), tell, steady());
    process.queue.put_back(std::move(left.records), steady());
    if (left.totals)
        process.queue.put_back(std::move(*left.totals), steady());
    if (!world_.disk.crashed())
        process.keeper.maintain(process.low_water, steady());
    if (may_remove)
        world_.disk.after_removals();
    if (process.log.recent_seq() != recent_seq)
        process.is_writing = true;
    plan(commit_time, [this] {
        process_->is_writing = false;
        plan_write();
    });
}

void SimulatedBroker::committed(std::vector<Append> appends, EventBatch events, bool is_stored) {
    if (appends.empty())
        return;
    process_->queue.done(appends);
    ++process_->unanswered;
    auto const waiting = std::make_shared<std::vector<Append>>(std::move(appends));
    plan(commit_time, [this, waiting, events = std::move(events), is_stored] {
        Process& process = *process_;
        --process.unanswered;
        std::vector<TriggerDelivery*> matched;
        if (is_stored) {
            process.head = events.back()->seq;
            for (auto const& event : events) {
                process.recent.put(event, steady());
                world_.oracle.stored(event_number(event->event.id), event->seq);
            }
            matched = process.deliveries.stored(events);
        }
        Result<void> outcome;
        if (!is_stored)
            outcome = failure(ErrorCode::storage, "It cannot be stored.");
        for (Append& append : *waiting)
            append.done(outcome);
        for (TriggerDelivery* delivery : matched)
            pump(process.live.at(delivery));
    });
}

void SimulatedBroker::save() {
    Process& process = *process_;
    SavedTotals totals =
        process.deliveries.take_changed(process.segments.list()->front().first_seq);
    bool const is_idle = totals.head == process.saved_head && totals.triggers.empty() &&
                         totals.forgotten_triggers.empty();
    process.saved_head = totals.head;
    if (!is_idle)
        process.queue.put(std::move(totals));
    process.low_water = process.deliveries.low_water();
    plan_write();
    plan(save_interval, [this] { save(); });
}

void SimulatedBroker::pump(LiveRef const& live) {
    using Kind = DeliveryCursor::Action::Kind;
    while (live->delivery != nullptr) {
        bool const may_send = !process_->queue.is_behind();
        auto const action = live->delivery->next(steady(), may_send);
        switch (action.kind) {
            case Kind::send:
                attempt(live, action.seq);
                continue;
            case Kind::read:
                plan(read_time, [this, live, action] { read(live, action.read); });
                continue;
            case Kind::wait:
                if (live->wake != action.until)
                    plan(action.until - steady(), [this, live, until = action.until] {
                        if (live->wake == until)
                            live->wake.reset();
                        pump(live);
                    });
                live->wake = action.until;
                break;
            case Kind::idle:
                break;
        }
        if (!may_send)
            plan(100ms, [this, live] { pump(live); });
        return;
    }
}

void SimulatedBroker::read(LiveRef const& live, DeliveryCursor::Action::Read wanted) {
    if (live->delivery == nullptr)
        return;
    auto page = process_->history.pending(live->delivery->query(wanted));
    if (!page) {
        live->delivery->read_failed(page.error(), steady(), system());
    } else {
        if (page->lost.count > 0)
            world_.oracle.damage(page->lost.problem);
        live->delivery->page_read(std::move(*page), system());
    }
    pump(live);
}

void SimulatedBroker::attempt(LiveRef const& live, std::int64_t seq) {
    if (auto const event = process_->recent.find(seq))
        return send(live, event);
    plan(read_time, [this, live, seq] {
        if (live->delivery == nullptr)
            return;
        auto const record = process_->history.find(seq);
        if (record)
            return send(live, record->event);
        auto lost = live->delivery->unreadable(seq, record.error(), steady(), system());
        if (lost) {
            world_.oracle.damage(record.error().detail);
            process_->queue.put(std::move(*lost), steady());
            plan_write();
        }
        pump(live);
    });
}

void SimulatedBroker::send(LiveRef const& live, StoredEventRef const& event) {
    auto const& delivery = live->delivery->cursor().delivery(event->seq);
    TriggerRoute const& route = live->delivery->route();
    bool const is_letter = delivery.state == DeliveryState::dead_lettering;
    CloudEvent const told =
        is_letter ? dead_letter_event(event->event, delivery.reason) : event->event;
    std::string const address =
        is_letter ? route.dead_letter_url->value_or("") : route.subscriber_url.value_or("");
    auto reply = world_.subscribers.take(
        address, subscriber_request(*event, told, route), route.retry.timeout);
    nanoseconds const after = reply.after;
    plan(after, [this, live, event, sent = system(), reply = std::move(reply)] {
        if (live->delivery == nullptr)
            return;
        conclude(live, event, sent, reply);
        pump(live);
    });
}

void SimulatedBroker::conclude(
    LiveRef const& live, StoredEventRef const& event, SystemTime sent,
    SimulatedSubscribers::Reply const& reply) {
    AnswerMeaning meaning = reply.answer ? read_answer(*reply.answer)
                                         : no_answer({ErrorCode::unavailable, "No answer came."});
    DeliveryCursor::Answer const answer{
        .result = std::move(meaning.result),
        .error_data = std::move(meaning.error_data),
        .at = sent,
        .took = std::chrono::duration_cast<milliseconds>(system() - sent)};
    auto step = live->delivery->answered(event->seq, answer, steady());
    if (!step.record)
        return;
    if (is_settled(step.record->state))
        world_.oracle.settled(
            live->delivery->route().uid, event_number(event->event.id), step.record->state, now_,
            live->delivery->route().retry.retries);
    process_->queue.put(std::move(*step.record), steady());
    plan_write();
}

std::size_t SimulatedBroker::segments_made() const {
    return process_ ? process_->segments.list()->back().number : 0;
}

std::size_t SimulatedBroker::segments_dropped() const {
    return process_ ? process_->segments.list()->front().number - 1 : 0;
}

bool SimulatedBroker::is_idle() const {
    if (!process_)
        return false;
    bool const is_delivered = std::ranges::all_of(process_->deliveries.all(), [](auto const& one) {
        return one.second->cursor().is_caught_up();
    });
    return is_delivered && process_->queue.events() == 0 && process_->queue.records() == 0 &&
           process_->unanswered == 0 && process_->keeper.late_trouble().empty();
}

}  // namespace millrace::test
