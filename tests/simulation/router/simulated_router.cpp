// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/router/simulated_router.hpp"

#include "router/checkpoint/delivery_window.hpp"

namespace millrace::test {

using Action = router::VcenterSession::Action;
using Outcome = router::VcenterSession::Outcome;

SimulatedRouter::SimulatedRouter(SimulatedVcenter& vcenter, std::mt19937_64& random, Sink sink)
    : vcenter_(vcenter),
      random_(random),
      sink_(std::move(sink)) {
    load();
}

void SimulatedRouter::load() {
    auto const loaded = router::decode_checkpoint(disk_);
    generation_ = loaded ? loaded->generation : 0;
    progress_.emplace(loaded ? loaded->state : router::CheckpointState(), 10s);
    session_ = router::VcenterSession();
    for (auto& lane : lanes_)
        lane.clear();
    // The tail belongs to the generation on disk; a new snapshot begins a new one.
    if (loaded)
        save();
}

void SimulatedRouter::save() {
    disk_ = router::encode_snapshot(progress_->checkpoint(), ++generation_);
    tail_index_ = 0;
}

void SimulatedRouter::crash() {
    load();
}

Outcome SimulatedRouter::read_page() {
    if (progress_->unsettled() >= window)
        return Outcome::done;
    auto const page = vcenter_.read(page_size);
    for (SimulatedEvent const& event : page)
        if (auto const position = progress_->begin(event.key, event.created))
            lanes_[event.entity % lane_count].push_back({*position, event, 0});
    return page.empty() ? Outcome::empty_page : Outcome::done;
}

Outcome SimulatedRouter::perform(Action action) {
    if (action == Action::pause) {
        vcenter_.live(session_.pause(), 0);
        return Outcome::done;
    }
    if (auto const fault = vcenter_.fault())
        return *fault;
    bool const unseen = vcenter_.latest_created() >= progress_->resume_time() &&
                        !progress_->has_seen(vcenter_.latest_key());
    switch (action) {
        case Action::log_in:
            vcenter_.log_in();
            return Outcome::done;
        case Action::read_server_time:
            if (progress_->instance_uuid().empty()) {
                progress_->restart("vc", vcenter_.now());
                save();
            }
            return Outcome::done;
        case Action::create_collector:
            progress_->reading_restarts();
            vcenter_.create_collector(progress_->resume_time());
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

void SimulatedRouter::attempt(std::deque<Waiting>& lane) {
    if (lane.empty())
        return;
    Waiting& first = lane.front();
    ++first.attempts;
    SinkAnswer const answer = sink_(first.event);
    int const status = answer == SinkAnswer::accepted ? 202 : 503;
    auto const decision =
        router::decide_delivery({.status = status, .number = first.attempts}, {}, random_());
    if (answer != SinkAnswer::accepted || decision.verdict != router::DeliveryVerdict::delivered)
        return;
    disk_ += router::encode_tail_record(generation_, tail_index_++, first.event.key);
    progress_->settle(first.position);
    lane.pop_front();
    if (random_() % 50 == 0)
        save();
}

void SimulatedRouter::step() {
    session_.ended(perform(session_.next()), random_());
    for (auto& lane : lanes_)
        attempt(lane);
}

}  // namespace millrace::test
