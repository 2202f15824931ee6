// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "common/base/clock.hpp"

namespace millrace {

/// What a Lease (coordination.k8s.io/v1) says, as far as holding it goes.
struct LeaseRecord {
    std::string version;  ///< resourceVersion; empty: there is no such object
    std::string holder;   ///< empty: nobody's
    milliseconds duration = 0ms;
    std::int64_t transitions = 0;

    bool operator==(LeaseRecord const&) const = default;
};

struct LeaseTimes {
    milliseconds duration = 15s;  ///< for which others leave it alone
    milliseconds renew_interval = 5s;
    /// After the last write that was confirmed, the holder takes itself for one no more. Less than
    /// `duration`: it has ended before another begins.
    milliseconds give_up = 10s;
    milliseconds retry = 1s;  ///< after a call that failed
};

/// Who may hold a lease, and until when: at most one at a time, as long as clocks run at about the
/// same speed; what they show does not matter. A holder counts from before its last confirmed
/// write, a candidate from when it saw that write, as client-go's leader election does. Pure.
class LeaseMachine {
public:
    /// `identity`: ours alone, of this process.
    LeaseMachine(std::string identity, LeaseTimes times)
        : identity_(std::move(identity)),
          times_(times) {}

    enum class Step {
        read,   ///< the record is not known
        make,   ///< there is none: make one that is nobody's
        write,  ///< `record`, if its version is still the current one
        wait,   ///< until `until`, or until something is told
        lost,   ///< it was ours and is no more, for good
    };
    struct Next {
        Step step = Step::wait;
        SteadyTime until;
        LeaseRecord record;
    };
    Next next(SteadyTime now) const;

    /// The record as it was read at `now`, or told by a watch. Pre: while it is ours, only as it
    /// was read: what a watch tells late would be taken for a loss.
    void see(LeaseRecord record, SteadyTime now);
    /// A record that next() gave was written, and is `stored` now. `sent`: before the call.
    void written(LeaseRecord stored, SteadyTime sent);
    /// It was not written since it has changed: it is read again.
    void refuse() { known_.reset(); }
    /// A call failed; whether anything was written is not known.
    void fail(SteadyTime now) { pause_until_ = now + times_.retry; }

    /// Once ours and not lost since.
    bool is_held() const { return held_until_.has_value() && !is_lost_; }
    /// The record that gives it back, if it is ours as far as we know.
    std::optional<LeaseRecord> released() const;
    /// Whose it is as far as we know: "broker-1_4711", or empty.
    std::string holder() const { return known_ ? known_->holder : std::string(); }

private:
    LeaseRecord own_record() const;

    std::string identity_;
    LeaseTimes times_;
    std::optional<LeaseRecord> known_;
    SteadyTime seen_at_;                    ///< when `known_` came to be what it is
    std::optional<SteadyTime> held_until_;  ///< set once it is ours
    SteadyTime renew_at_;
    SteadyTime pause_until_;
    bool is_lost_ = false;
};

}  // namespace millrace
