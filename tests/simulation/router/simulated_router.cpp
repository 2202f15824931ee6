// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/router/simulated_router.hpp"

#include "router/vcenter/resume_point.hpp"

namespace millrace::test {
namespace {

using Action = router::VcenterSession::Action;
using Outcome = router::VcenterSession::Outcome;

constexpr std::size_t page_size = 20;
constexpr char const* instance = "vc";
constexpr nanoseconds call_time = 1ms;
constexpr nanoseconds wait_time = 50ms;
constexpr nanoseconds sync_time = 5ms;

router::FeedOptions feed_options() {
    router::FeedOptions options;
    options.name = "simulated";
    options.delivery.lanes = 6;
    options.delivery.batch_lanes = 3;
    options.delivery.retry.blocked_failures_max = 8;
    options.delivery.retry.blocked_time_max = 20s;
    options.room = page_size;
    options.pending_max = 10 * page_size;
    return options;
}

}  // namespace

SimulatedRouter::Process::Process(SimulatedFolder& folder, Telemetry& telemetry)
    : feed(feed_options(), folder, telemetry),
      resting(feed.lanes(), 1) {}

SimulatedRouter::SimulatedRouter(
    std::mt19937_64& random, SimulatedVcenter& vcenter, SimulatedSink& sink,
    SimulatedFolder& folder)
    : random_(random),
      vcenter_(vcenter),
      sink_(sink),
      folder_(folder) {
    start();
}

void SimulatedRouter::plan(nanoseconds after, std::function<void()> act) {
    due_.push({now_ + std::max(after, 0ns), planned_++, life_, std::move(act)});
}

void SimulatedRouter::start() {
    try {
        process_ = std::make_unique<Process>(folder_, telemetry_);
        plan(0ns, [this] { read(); });
    } catch (StartupError const&) {
        // As the service does: it is tried again.
        plan(500ms, [this] { start(); });
    }
}

void SimulatedRouter::restart() {
    ++life_;
    process_.reset();
    in_flight_taken_ = 0;
    noted_ = 0;
    answered_.clear();
    folder_.restart();
    start();
}

void SimulatedRouter::run_until(nanoseconds until) {
    while (!folder_.crashed() && !due_.empty() && due_.top().at <= until) {
        Due const next = due_.top();
        due_.pop();
        vcenter_.pass(next.at - now_);
        now_ = next.at;
        if (next.life == life_)
            next.act();
    }
    if (folder_.crashed())
        return;
    vcenter_.pass(until - now_);
    now_ = until;
}

std::size_t SimulatedRouter::answered_within(nanoseconds time) const {
    std::size_t count = 0;
    for (auto at = answered_.rbegin(); at != answered_.rend() && at->first >= now_ - time; ++at)
        count += at->second;
    return count;
}

bool SimulatedRouter::has_begun() const {
    return process_ && !process_->feed.window().instance_uuid().empty();
}

bool SimulatedRouter::is_idle() const {
    return process_ && process_->feed.is_drained();
}

router::SourceReport SimulatedRouter::report() const {
    return process_->feed.report(steady());
}

void SimulatedRouter::read() {
    Process& process = *process_;
    Action const action = process.session.next();
    if (action == Action::read_page && !process.feed.has_room()) {
        process.reader_waits_for_room = true;
        return;
    }
    nanoseconds const takes = action == Action::pause              ? process.session.pause()
                              : action == Action::wait_for_updates ? wait_time
                                                                   : call_time;
    plan(takes, [this, action] { read_ended(perform(action)); });
}

void SimulatedRouter::read_ended(Outcome outcome) {
    process_->session.ended(outcome, random_());
    read();
}

Outcome SimulatedRouter::begin_history() {
    router::FeedMachine& feed = process_->feed;
    auto const history = router::new_history(
        {.known_instance = feed.window().instance_uuid(),
         .found_instance = instance,
         .low_water = feed.window().low_water(),
         .server_time = vcenter_.now(),
         .checkpoint_was_damaged = feed.checkpoint_was_damaged()});
    if (!history)
        return Outcome::done;
    feed.restart(instance, history->begin);
    auto const written = feed.keeper().begin_save(steady());
    if (written)
        feed.keeper().end_save(feed.checkpoint_file().sync(), steady());
    if (!written || !feed.keeper().problem().empty()) {
        feed.restart({}, history->begin);
        return Outcome::rejected;
    }
    return Outcome::done;
}

Outcome SimulatedRouter::read_page() {
    auto const page = vcenter_.read(page_size);
    bool any_new = false;
    for (SimulatedEvent const& event : page) {
        auto const lane =
            process_->feed.take(event.key, event.created, [&event](router::EventEncoding encoding) {
                return message_of(event.key, event.created, event.entity, encoding);
            });
        any_new = any_new || lane;
        if (lane && process_->resting[*lane] != 0)
            pump(*lane);
    }
    return any_new ? Outcome::done : page.empty() ? Outcome::empty_page : Outcome::seen_page;
}

Outcome SimulatedRouter::perform(Action action) {
    if (action == Action::pause)
        return Outcome::done;
    if (auto const fault = vcenter_.fault())
        return *fault;
    router::DeliveryWindow const& window = process_->feed.window();
    bool const unseen = vcenter_.latest_created() >= window.resume_time() &&
                        vcenter_.latest_key() != 0 && !window.has_seen(vcenter_.latest_key());
    switch (action) {
        case Action::read_server_time:
            return begin_history();
        case Action::create_collector:
            process_->feed.reading_restarts();
            vcenter_.create_collector(
                router::reading_begin(window.resume_time(), window.low_water(), vcenter_.now()));
            return Outcome::done;
        case Action::read_page:
            return read_page();
        case Action::wait_for_updates:
            return unseen && vcenter_.shows_latest_page() ? Outcome::unseen_event
                                                          : Outcome::nothing_new;
        case Action::check_latest_event:
            return unseen ? Outcome::unseen_event : Outcome::nothing_new;
        default:
            return Outcome::done;
    }
}

void SimulatedRouter::pump(std::size_t lane) {
    process_->resting[lane] = 0;
    auto const step = process_->feed.next(lane, steady());
    if (auto const* post = std::get_if<router::Post>(&step))
        send(lane, post->request);
    else if (auto const* pause = std::get_if<router::Pause>(&step))
        plan(pause->until - steady(), [this, lane] { pump(lane); });
    else
        process_->resting[lane] = 1;
}

void SimulatedRouter::send(std::size_t lane, std::string_view request) {
    std::size_t const events = keys_of(request).size();
    auto reply = std::make_shared<SimulatedSink::Reply>(sink_.take(request));
    std::size_t const taken = reply->was_taken ? events : 0;
    in_flight_taken_ += taken;
    plan(reply->after, [this, lane, reply, taken] {
        in_flight_taken_ -= taken;
        if (reply->answer && taken > 0) {
            noted_ += taken;
            answered_.emplace_back(now_, taken);
        }
        if (reply->answer)
            process_->feed.answered(lane, *reply->answer, moment());
        else
            process_->feed.unanswered(lane, "gone", moment());
        after_attempt();
        if (!folder_.crashed())
            pump(lane);
    });
}

void SimulatedRouter::after_attempt() {
    Process& process = *process_;
    for (std::size_t const lane : process.feed.take_woken())
        if (process.resting[lane] != 0)
            pump(lane);
    if (process.reader_waits_for_room && process.feed.has_room()) {
        process.reader_waits_for_room = false;
        plan(0ns, [this] { read(); });
    }
    if (process.flush_planned || !process.feed.keeper().has_notes())
        return;
    process.flush_planned = true;
    plan(0ns, [this] {
        process_->flush_planned = false;
        process_->feed.keeper().flush(steady());
        if (folder_.crashed())
            return;
        noted_ = 0;
        plan_save();
    });
}

void SimulatedRouter::plan_save() {
    auto const due = process_->feed.keeper().due();
    if (!due)
        return;
    nanoseconds const at = due->time_since_epoch();
    if (process_->save_planned == at)
        return;
    process_->save_planned = at;
    plan(at - now_, [this] { save(); });
}

void SimulatedRouter::save() {
    router::CheckpointKeeper& keeper = process_->feed.keeper();
    if (!keeper.due() || *keeper.due() > steady())
        return plan_save();
    if (!keeper.begin_save(steady()))
        return plan_save();
    // fdatasync gets it there at some moment before it returns.
    bool const early = random_() % 2 == 0;
    auto const synced = std::make_shared<Result<void>>();
    if (early)
        *synced = process_->feed.checkpoint_file().sync();
    plan(sync_time, [this, early, synced] {
        if (!early)
            *synced = process_->feed.checkpoint_file().sync();
        process_->feed.keeper().end_save(*synced, steady());
        plan_save();
    });
}

}  // namespace millrace::test
