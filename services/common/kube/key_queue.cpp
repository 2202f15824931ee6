// SPDX-License-Identifier: Apache-2.0
#include "common/kube/key_queue.hpp"

#include "common/base/assert.hpp"
#include "common/base/backoff.hpp"

namespace millrace {

void KeyQueue::wait_until(Entries::iterator entry, SteadyTime due) {
    entry->second.state = State::waiting;
    entry->second.due = due;
    schedule_.emplace(due, entry->first);
}

void KeyQueue::add(ResourceName const& name, SteadyTime now) {
    auto const [entry, is_new] = entries_.try_emplace(name);
    if (is_new)
        return wait_until(entry, now);
    if (entry->second.state != State::waiting) {
        entry->second.state = State::working_again;
        return;
    }
    if (entry->second.due <= now)
        return;
    schedule_.erase({entry->second.due, name});
    wait_until(entry, now);
}

std::optional<ResourceName> KeyQueue::take(SteadyTime now) {
    if (next_due() > now)
        return std::nullopt;
    ResourceName name = schedule_.begin()->second;
    schedule_.erase(schedule_.begin());
    entries_.at(name).state = State::working;
    return name;
}

SteadyTime KeyQueue::next_due() const {
    return schedule_.empty() ? SteadyTime::max() : schedule_.begin()->first;
}

KeyQueue::Entries::iterator KeyQueue::taken(ResourceName const& name) {
    auto const entry = entries_.find(name);
    MILLRACE_ASSERT(entry != entries_.end());
    MILLRACE_ASSERT(entry->second.state != State::waiting);
    return entry;
}

void KeyQueue::settled(ResourceName const& name, std::optional<SteadyTime> again) {
    auto const entry = taken(name);
    entry->second.failures = 0;
    entry->second.reason.clear();
    if (entry->second.state == State::working_again)
        wait_until(entry, SteadyTime::min());
    else if (again)
        wait_until(entry, *again);
    else
        entries_.erase(entry);
}

bool KeyQueue::failed(ResourceName const& name, std::string const& reason, SteadyTime now) {
    auto const entry = taken(name);
    bool const is_news = entry->second.failures == 0 || entry->second.reason != reason;
    entry->second.reason = reason;
    ++entry->second.failures;
    // What changed meanwhile may be what was missing.
    bool const at_once = entry->second.state == State::working_again;
    auto const pause = backoff(entry->second.failures, pauses_.first, pauses_.longest);
    wait_until(entry, at_once ? SteadyTime::min() : now + pause);
    return is_news;
}

}  // namespace millrace
