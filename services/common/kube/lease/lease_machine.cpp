// SPDX-License-Identifier: Apache-2.0
#include "common/kube/lease/lease_machine.hpp"

#include <algorithm>

namespace millrace {

LeaseRecord LeaseMachine::own_record() const {
    bool const is_kept = known_->holder == identity_;
    return {
        .version = known_->version,
        .holder = identity_,
        .duration = times_.duration,
        .transitions = known_->transitions + (is_kept ? 0 : 1)};
}

LeaseMachine::Next LeaseMachine::next(SteadyTime now) const {
    if (is_lost_ || (held_until_ && now >= *held_until_))
        return {.step = Step::lost, .until = now, .record = {}};
    auto const wait_until = [this](SteadyTime until) {
        until = std::min(until, held_until_.value_or(SteadyTime::max()));
        return Next{.step = Step::wait, .until = until, .record = {}};
    };
    if (now < pause_until_)
        return wait_until(pause_until_);
    if (!known_)
        return {.step = Step::read, .until = now, .record = {}};
    if (held_until_ && now < renew_at_)
        return wait_until(renew_at_);
    if (held_until_)
        return {.step = Step::write, .until = now, .record = own_record()};
    if (known_->version.empty())
        return {.step = Step::make, .until = now, .record = {}};
    SteadyTime const free_at = seen_at_ + known_->duration;
    if (!known_->holder.empty() && known_->holder != identity_ && now < free_at)
        return wait_until(free_at);
    return {.step = Step::write, .until = now, .record = own_record()};
}

void LeaseMachine::see(LeaseRecord record, SteadyTime now) {
    if (held_until_ && record.holder != identity_)
        is_lost_ = true;
    if (known_ == record)
        return;
    known_ = std::move(record);
    seen_at_ = now;
}

void LeaseMachine::written(LeaseRecord stored, SteadyTime sent) {
    known_ = std::move(stored);
    seen_at_ = sent;
    if (known_->holder != identity_)
        return;
    held_until_ = sent + times_.give_up;
    renew_at_ = sent + times_.renew_interval;
}

std::optional<LeaseRecord> LeaseMachine::released() const {
    if (!is_held() || !known_ || known_->holder != identity_)
        return std::nullopt;
    LeaseRecord record = *known_;
    record.holder.clear();
    return record;
}

}  // namespace millrace
