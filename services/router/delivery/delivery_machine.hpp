// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "router/delivery/delivery_batch.hpp"
#include "router/delivery/delivery_policy.hpp"
#include "router/delivery/lane_table.hpp"

namespace millrace::router {

struct DeliveryLimits {
    std::size_t lanes = 64;        ///< requests in flight
    std::size_t batch_lanes = 16;  ///< of them, while the sink takes batches
    BatchLimits batch;
    RetryLimits retry;
};

/// When something happens, and what chance says.
struct Moment {
    SteadyTime now;
    SystemTime wall;           ///< for a Retry-After that is a date
    std::uint64_t random = 0;  ///< any 64 bits, for jitter
};

/// What the sink said.
struct SinkAnswer {
    int status = 0;
    std::string retry_after;
    std::string accept_post;
    std::string body;  ///< its beginning
};

/// What a lane has to do now.
struct Rest {};  ///< nothing until the next submit() to it
struct Post {
    std::string_view request;  ///< send it, then tell answered() or unanswered(); valid till then
};
struct Pause {
    SteadyTime until;  ///< then ask again
};
using LaneStep = std::variant<Rest, Post, Pause>;

/// An event that has left the machine.
struct Settled {
    std::uint64_t position = 0;
    std::int32_t key = 0;
    SystemTime created;
};

/// What became of an attempt.
struct Delivered {
    std::span<Settled const> events;  ///< valid until the machine is told something else
};
struct Refused {
    Waiting const* event = nullptr;  ///< to be kept as a dead letter; then bury() or not_buried()
    int status = 0;                  ///< 0: no answer
    std::string reason;
};
struct Retrying {};   ///< the same events again, after a pause
struct Splitting {};  ///< the same events, one by one
using AttemptResult = std::variant<Delivered, Refused, Retrying, Splitting>;

/// An event that the sink keeps failing on while it takes others.
struct BlockedEvent {
    std::int32_t key = 0;
    SteadyTime since;
    unsigned attempts = 0;
};

/// Delivers events over a fixed number of lanes, without a socket or a clock: says what each lane
/// is to do and is told how it went. The events of one entity share a lane and so keep their order;
/// an event that fails is retried in place.
///
/// A sink announces by Accept-Post in an answer that it takes batches. Then whatever waits on a
/// lane goes in one request: no event waits for company, and the more of them there are, the less
/// each costs. A batch the sink refuses is sent again event by event.
///
/// A sink that fails is waited for, for ever. A sink that fails on one event only, while it takes
/// others, has a fault with that event: RetryLimits::blocked_* say how long that goes on before it
/// is refused for good, and meanwhile no other entity is put on its lane.
class DeliveryMachine {
public:
    explicit DeliveryMachine(DeliveryLimits limits, std::string head);

    /// As what events are best submitted now.
    EventEncoding encoding() const;
    /// The lane that has the event; if it rests, ask it for its next() step.
    std::size_t submit(std::uint64_t position, OutboundEvent event);

    /// Pre: the lane has no attempt under way.
    LaneStep next(std::size_t lane, SteadyTime now);
    /// Pre for both: the lane's last step was Post.
    AttemptResult answered(std::size_t lane, SinkAnswer const& answer, Moment const& moment);
    AttemptResult unanswered(std::size_t lane, std::string const& reason, Moment const& moment);
    /// The event of a Refused is kept as a dead letter. Pre for both: the last result was Refused.
    Settled bury(std::size_t lane);
    /// It could not be kept, and is tried again.
    void not_buried(std::size_t lane, Moment const& moment);
    /// An attempt was given up without a result: we are stopping.
    void abandon(std::size_t lane);

    /// Lanes that got events from another since this was asked last: if they rest, ask them for
    /// their next() step.
    std::vector<std::size_t> take_woken() { return std::exchange(woken_, {}); }

    std::size_t lanes() const { return lanes_.size(); }
    std::size_t pending() const { return pending_; }
    /// Of the pending, those on lanes whose first event fails again and again.
    std::size_t stuck_pending() const;
    /// Of the events that fail while others come through, the one that has for longest.
    std::optional<BlockedEvent> blocked() const;
    std::uint64_t requests_total() const { return requests_; }
    std::uint64_t retries_total() const { return retries_; }
    /// Why the last attempt failed; empty after a success.
    std::string const& last_failure() const { return last_failure_; }

private:
    /// The attempts with the events at the front of a lane.
    struct Series {
        unsigned attempts = 0;
        unsigned failures = 0;
        /// Failures though the sink had taken another event since the one before.
        unsigned suspicions = 0;
        std::uint64_t delivered_before = 0;  ///< delivered_ at the last failure
        SteadyTime since;
    };
    enum class Phase { ready, sending, pausing, refused };
    struct Lane {
        std::deque<Waiting> queue;
        std::size_t alone = 0;  ///< of a refused batch, still to be sent one by one
        std::size_t count = 0;  ///< of the events at the front in the present request
        std::string made;       ///< that request, if it had to be made
        Phase phase = Phase::ready;
        SteadyTime until;
        Series series;
        bool stuck = false;
        /// Of entities that wait behind others although they came first: see take_turns().
        std::unordered_map<std::uint64_t, Series> passed;
        bool resumed = false;  ///< the present series is one of those
    };

    bool takes_batches() const { return batches_announced_ && !batches_refused_; }
    void make_request(Lane& lane) const;
    static void take_turns(Lane& lane);
    static void resume_series(Lane& lane);
    void spread(std::size_t index);
    void count_failure(std::size_t index, Moment const& moment);
    AttemptResult retry(std::size_t index, milliseconds pause, Moment const& moment);
    AttemptResult split(Lane& lane);
    AttemptResult refuse(Lane& lane, int status, std::string reason);
    Delivered settle(Lane& lane);
    Settled pop(Lane& lane);
    void end_series(std::size_t index);
    bool is_given_up(Lane const& lane, SteadyTime now) const;

    DeliveryLimits limits_;
    std::string head_;  ///< of a request whose body is made here
    std::vector<Lane> lanes_;
    LaneTable table_;
    std::vector<Settled> settled_;  ///< of the last answer
    std::vector<std::size_t> woken_;
    std::size_t pending_ = 0;
    std::size_t stuck_lanes_ = 0;
    std::uint64_t delivered_ = 0;
    std::uint64_t requests_ = 0;
    std::uint64_t retries_ = 0;
    std::string last_failure_;
    bool batches_announced_ = false;
    bool batches_refused_ = false;  ///< 415 to a batch, whatever is announced
};

}  // namespace millrace::router
