// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>

#include "common/base/clock.hpp"
#include "common/kube/resource.hpp"

namespace millrace {

/// Which objects are to be looked at, and when: the work queue of Kubernetes' controllers
/// (client-go, util/workqueue). A name added many times is looked at once; one added while it is
/// looked at is looked at again afterwards; one that failed, after a back-off; one that is settled
/// is forgotten. Pure: times are the caller's.
class KeyQueue {
public:
    struct Pauses {
        milliseconds first = 500ms;  ///< after the first failure; doubled with each that follows
        milliseconds longest = 30s;
    };
    explicit KeyQueue(Pauses pauses) : pauses_(pauses) {}

    /// Something about it changed: to be looked at now, whatever it waited for.
    void add(ResourceName const& name, SteadyTime now);
    /// The one that has been due longest, now being looked at until settled() or failed(); nothing:
    /// none is due.
    std::optional<ResourceName> take(SteadyTime now);
    /// When take() has something again; SteadyTime::max(): not before the next add().
    SteadyTime next_due() const;

    /// It was looked at and is as it should be; `again`: to be looked at then, although nothing
    /// changed. Pre: it was taken.
    void settled(ResourceName const& name, std::optional<SteadyTime> again);
    /// It is not as it should be; looked at again after a pause. False: it failed for this very
    /// reason before. Pre: it was taken.
    bool failed(ResourceName const& name, std::string const& reason, SteadyTime now);

    bool empty() const { return entries_.empty(); }

private:
    enum class State {
        waiting,        ///< in schedule_, until due
        working,        ///< taken
        working_again,  ///< taken, and added since
    };
    struct Entry {
        State state = State::waiting;
        SteadyTime due;
        unsigned failures = 0;  ///< in a row
        std::string reason;     ///< of the last
    };
    using Entries = std::map<ResourceName, Entry>;
    Entries::iterator taken(ResourceName const& name);
    void wait_until(Entries::iterator entry, SteadyTime due);

    Pauses pauses_;
    Entries entries_;
    std::set<std::pair<SteadyTime, ResourceName>> schedule_;
};

}  // namespace millrace
