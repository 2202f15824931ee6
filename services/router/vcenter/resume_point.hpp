// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "common/base/clock.hpp"

namespace millrace::router {

/// What is known when a session begins.
struct HistoryFacts {
    std::string known_instance;  ///< of the checkpoint; empty: it has none
    std::string found_instance;  ///< of the vCenter that answers
    SystemTime low_water;
    SystemTime server_time;
    seconds max_age{0};  ///< spec.checkpointConfig.maxAgeSeconds; 0: no bound
    bool checkpoint_was_damaged = false;
};

struct NewHistory {
    SystemTime begin;
    std::string note;  ///< for a person; empty where it is an everyday thing
};

/// Where reading begins if the checkpoint does not say it: a new source now; one whose checkpoint
/// was damaged at the oldest event the settings allow, as what was delivered is not known; one
/// whose vCenter is another, or was set back by more than an hour (restored from a backup, fault
/// F10), now. Nothing: at the checkpoint. Pure.
std::optional<NewHistory> new_history(HistoryFacts const& facts);

/// Where a collector has to begin: at `resume`, but if vCenter's clock was set back meanwhile (its
/// time is behind the last event's), by as much earlier as such a step may have been: events have
/// happened since whose times lie before. Twice read is better than lost. Pure.
SystemTime reading_begin(SystemTime resume, SystemTime low_water, SystemTime server_time);

/// `begin`, or what max_age allows if that is later. Pure.
SystemTime not_before(SystemTime begin, SystemTime server_time, seconds max_age);

}  // namespace millrace::router
