// SPDX-License-Identifier: Apache-2.0
#include "router/source/feed_machine.hpp"

#include "common/base/log.hpp"

namespace millrace::router {
namespace {

/// Equal timestamps, late commits and clock steps of the server (fault F11).
constexpr seconds overlap = 10s;

Counter& counter_of(
    Telemetry& telemetry, std::string const& what, std::string const& help,
    std::string const& source) {
    return telemetry.counter(
        "millrace_router_events_" + what + "_total", help, {{"source", source}});
}

}  // namespace

FeedMachine::FeedMachine(FeedOptions options, DataFolder& folder, Telemetry& telemetry)
    : options_(std::move(options)),
      file_(folder),
      window_(file_.loaded().value_or(CheckpointState()), overlap),
      keeper_(file_, window_),
      delivery_(options_.delivery, options_.request_head),
      dead_letters_(folder),
      received_(counter_of(telemetry, "received", "Events read from the source.", options_.name)),
      delivered_(counter_of(telemetry, "delivered", "Events the sink has taken.", options_.name)),
      dead_lettered_(counter_of(
          telemetry, "dead_lettered", "Events the sink refused for good, kept in a file.",
          options_.name)),
      unreadable_(counter_of(
          telemetry, "unreadable", "Events that could not be read and are left out.",
          options_.name)) {}

std::optional<std::uint64_t> FeedMachine::begin(std::int32_t key, SystemTime created) {
    last_event_time_ = std::max(last_event_time_, created);
    auto const position = window_.begin(key, created);
    if (position)
        received_.increment();
    else
        ++duplicates_;
    return position;
}

void FeedMachine::leave_out(std::optional<std::int32_t> key, SystemTime created) {
    if (!key)
        return unreadable_.increment();
    auto const position = window_.begin(*key, created);
    if (!position)
        return;
    unreadable_.increment();
    window_.settle(*position);
    keeper_.note(*key);
}

bool FeedMachine::has_room() const {
    std::size_t const pending = delivery_.pending();
    return pending < options_.room ||
           (pending < options_.pending_max && pending - delivery_.stuck_pending() < options_.room);
}

void FeedMachine::answered(std::size_t lane, SinkAnswer const& answer, Moment const& moment) {
    act_on(lane, delivery_.answered(lane, answer, moment), moment);
}

void FeedMachine::unanswered(std::size_t lane, std::string const& reason, Moment const& moment) {
    act_on(lane, delivery_.unanswered(lane, reason, moment), moment);
}

void FeedMachine::act_on(std::size_t lane, AttemptResult const& result, Moment const& moment) {
    if (auto const* refused = std::get_if<Refused>(&result))
        return bury(lane, *refused, moment);
    auto const* delivered = std::get_if<Delivered>(&result);
    if (delivered == nullptr)
        return;
    for (Settled const& settled : delivered->events)
        settle(settled);
    delivered_.increment(delivered->events.size());
    // The clocks of the source and of this machine may differ.
    auto const age =
        std::chrono::duration_cast<milliseconds>(moment.wall - delivered->events.back().created);
    lag_ = std::max(age, 0ms);
}

void FeedMachine::bury(std::size_t lane, Refused const& refused, Moment const& moment) {
    auto const kept =
        dead_letters_.append(refused.event->event, {moment.wall, refused.status, refused.reason});
    if (!kept) {
        if (dead_letter_problem_.empty())
            log::error("Dead letter not written.", {{"reason", kept.error().detail}});
        dead_letter_problem_ = "A dead letter is not written: " + kept.error().detail;
        return delivery_.not_buried(lane, moment);
    }
    dead_letter_problem_.clear();
    Settled const settled = delivery_.bury(lane);
    dead_lettered_.increment();
    log::error(
        "Event refused by the sink; kept as a dead letter.", {{"source", options_.name},
                                                              {"key", settled.key},
                                                              {"status", refused.status},
                                                              {"reason", refused.reason}});
    settle(settled);
}

void FeedMachine::settle(Settled const& settled) {
    window_.settle(settled.position);
    keeper_.note(settled.key);
}

void FeedMachine::restart(std::string instance_uuid, SystemTime begin) {
    window_.restart(std::move(instance_uuid), begin);
}

std::string const& FeedMachine::problem() const {
    if (!delivery_.last_failure().empty())
        return delivery_.last_failure();
    return dead_letter_problem_.empty() ? keeper_.problem() : dead_letter_problem_;
}

SourceReport FeedMachine::report(SteadyTime now) const {
    SourceReport report;
    if (auto const blocked = delivery_.blocked()) {
        auto const waited = std::chrono::duration_cast<seconds>(now - blocked->since);
        report.blocked = "The sink fails on event " + std::to_string(blocked->key) +
                         " and takes others: " + std::to_string(blocked->attempts) +
                         " attempts in " + std::to_string(waited.count()) + " s.";
    }
    report.problem = problem();
    report.state = !delivery_.last_failure().empty() ? "SinkFailing"
                   : is_drained()                    ? "Waiting"
                                                     : "Reading";
    report.checkpoint_note = checkpoint_note_;
    report.last_event_time = last_event_time_;
    report.low_water = window_.low_water();
    report.lag = lag_;
    report.received = received_.value();
    report.delivered = delivered_.value();
    report.dead_lettered = dead_lettered_.value();
    report.duplicates_dropped = duplicates_;
    report.unreadable = unreadable_.value();
    report.requests = delivery_.requests_total();
    report.retries = delivery_.retries_total();
    report.in_flight = delivery_.pending();
    return report;
}

}  // namespace millrace::router
