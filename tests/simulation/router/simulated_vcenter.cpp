// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/router/simulated_vcenter.hpp"

namespace millrace::test {

void SimulatedVcenter::live(milliseconds passed, unsigned events) {
    for (unsigned i = 0; i < events; ++i) {
        now_ += passed / std::max(1U, events);
        SimulatedEvent event;
        event.key = static_cast<std::int32_t>(1'000 + history_.size());
        event.entity = static_cast<std::uint32_t>(random_() % 20);
        event.created = random_() % 10 == 0 ? now_ - milliseconds(random_() % 2'000) : now_;
        history_.push_back(event);
    }
    if (events == 0)
        now_ += passed;
}

std::optional<SimulatedVcenter::Outcome> SimulatedVcenter::fault() {
    if (happens(faults_.unreachable))
        return Outcome::unreachable;
    if (happens(faults_.session_ends)) {
        session_ = false;
        collector_ = false;
        return Outcome::not_authenticated;
    }
    if (collector_ && happens(faults_.collector_dies)) {
        collector_ = false;
        return Outcome::object_gone;
    }
    if (happens(faults_.collector_goes_silent))
        silent_ = true;
    return std::nullopt;
}

void SimulatedVcenter::create_collector(SystemTime begin) {
    collector_ = true;
    silent_ = false;
    begin_ = begin;
    cursor_ = 0;
}

std::vector<SimulatedEvent> SimulatedVcenter::read(std::size_t count) {
    std::vector<SimulatedEvent> page;
    for (; !silent_ && cursor_ < history_.size() && page.size() < count; ++cursor_)
        if (history_[cursor_].created >= begin_)
            page.push_back(history_[cursor_]);
    return page;
}

}  // namespace millrace::test
