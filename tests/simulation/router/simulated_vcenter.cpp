// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/router/simulated_vcenter.hpp"

namespace millrace::test {
namespace {

constexpr unsigned entities = 20;
constexpr int step_most_s = 4;

}  // namespace

void SimulatedVcenter::happen(unsigned events) {
    bool const at_once = random_() % 4 == 0;
    for (unsigned i = 0; i < events; ++i) {
        now_ += at_once ? 0ms : 1ms;
        SimulatedEvent event;
        event.key = first_key + static_cast<std::int32_t>(history_.size());
        event.entity = static_cast<std::uint32_t>(random_() % entities);
        event.created = random_() % 10 == 0 ? now_ - milliseconds(random_() % 2'000) : now_;
        history_.push_back(event);
    }
}

void SimulatedVcenter::step_clock() {
    // Always from the true time: steps do not add up to more than the overlap.
    seconds const next{static_cast<int>(random_() % (2 * step_most_s + 1)) - step_most_s};
    now_ += next - stepped_;
    stepped_ = next;
    ++injected_;
}

bool SimulatedVcenter::happens(unsigned per_mille) {
    bool const does = random_() % 1000 < per_mille;
    injected_ += does ? 1 : 0;
    return does;
}

std::optional<SimulatedVcenter::Outcome> SimulatedVcenter::fault() {
    if (happens(faults_.unreachable))
        return Outcome::unreachable;
    if (happens(faults_.session_ends)) {
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
