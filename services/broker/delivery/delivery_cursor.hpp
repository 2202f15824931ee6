// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "broker/control/retry_policy.hpp"
#include "broker/delivery/lane_schedule.hpp"
#include "broker/history/segment_reader.hpp"

namespace millrace::broker {

/// What a dead letter sink is told of a delivery given up.
struct DeadLetterReason {
    std::string destination;  ///< URL that did not take it
    int status = 0;           ///< 0: no answer; then told as 500, as Knative does
    std::string error;
    std::string data;
};

/// How the deliveries of one trigger go on: what is sent next and when, when the log is read, and
/// what follows from each answer. In order per lane. Memory is bounded by the window: what does not
/// fit stays in the log and is read when there is room. Pure: whoever performs it says what
/// happened and asks next(), again and again, until it says wait or idle.
class DeliveryCursor {
public:
    struct Limits {
        std::size_t concurrency = 16;  ///< requests to the subscriber at once
        std::size_t window = 4096;     ///< events known
    };
    /// Every matched event up to `position` is settled; there may be more up to `unread_to`, in the
    /// log.
    DeliveryCursor(Limits limits, std::int64_t position, std::int64_t unread_to);

    struct Action {
        enum class Kind {
            send,  ///< send event `seq`, then answered(), lost() or try_again()
            read,  ///< read `read`, then page_read() or read_failed()
            wait,  ///< ask again at `until`, or when something has happened
            idle,  ///< ask again when something has happened
        };
        Kind kind = Kind::idle;
        std::int64_t seq = 0;
        SteadyTime until;
        struct Read {
            std::int64_t after_seq = 0;
            std::int64_t to_seq = 0;
            std::size_t limit = 0;
        };
        Read read;
    };
    /// `may_send` false: nothing is sent now, whatever waits.
    Action next(SteadyTime now, bool may_send);

    /// Event `seq`, just stored, matched. In the log's order.
    void offered(std::int64_t seq, std::uint64_t lane, std::uint32_t version);
    void page_read(PendingPage page);
    /// The log could not be read; it is tried again after a pause that grows.
    void read_failed(SteadyTime now);
    /// Everything that waits for its retry may be sent at once: the address is another one.
    void hurry() { schedule_.hurry(); }
    /// Nothing is sent or read from now on.
    void stop() { is_stopped_ = true; }

    /// What is known of one event in the window.
    struct Delivery {
        std::uint32_t version = 0;
        DeliveryState state = DeliveryState::pending;
        unsigned attempts_made = 0;  ///< to the destination of `state`
        std::vector<Attempt> attempts;
        DeadLetterReason reason;               ///< set while state is dead_lettering
        std::optional<SteadyTime> busy_since;  ///< the subscriber has been busy ever since
    };
    /// Pre: `seq` is in flight.
    Delivery const& delivery(std::int64_t seq) const { return deliveries_.at(seq); }

    /// What holds for the trigger at the moment.
    struct Terms {
        RetryPolicy const& retry;
        bool has_dead_letter_sink = false;
        std::string destination;  ///< the subscriber's URL
    };
    struct Answer {
        AttemptResult result;
        std::string error_data;  ///< beginning of the body of a refusal
        SystemTime at;           ///< when it was sent
        milliseconds took = 0ms;
    };
    enum class Outcome {
        delivered,
        dead_lettered,
        failed,
        retry,        ///< the attempt failed and is repeated
        dead_letter,  ///< the last attempt failed; the dead letter sink is next
        busy,         ///< no attempt: the subscriber said that it is busy
    };
    struct Step {
        Outcome outcome = Outcome::retry;
        std::optional<DeliveryRecord> record;  ///< to be written
    };
    /// Pre: `seq` is in flight.
    Step answered(std::int64_t seq, Answer const& answer, Terms const& terms, SteadyTime now);
    /// The event cannot be read any more and is given up. Pre: `seq` is in flight.
    DeliveryRecord lost(std::int64_t seq, Error const& error, SystemTime at);
    /// The event cannot be read now. Pre: `seq` is in flight.
    void try_again(std::int64_t seq, SteadyTime due) { schedule_.retry(seq, due); }

    /// Why an event that matched has not been delivered yet.
    struct Wait {
        std::optional<std::int64_t> behind_seq;  ///< the event of the same lane that goes before
        std::optional<SteadyTime> due;           ///< when it is tried again
        bool is_held = false;  ///< false: it stays in the log until there is room for it
    };
    Wait wait_of(std::int64_t seq) const {
        return {
            .behind_seq = schedule_.blocked_by(seq),
            .due = schedule_.due_of(seq),
            .is_held = schedule_.contains(seq)};
    }

    /// Every matched event below it is settled; `head` is the newest of the log.
    std::int64_t low_water(std::int64_t head) const;
    /// Nothing is to be delivered.
    bool is_caught_up() const;
    /// Events in the window; more may stand in the log (`is_reading`).
    std::size_t known() const { return schedule_.size(); }
    bool is_behind() const { return reading_ != Reading::caught_up; }
    std::size_t in_flight() const { return schedule_.in_flight(); }
    std::size_t concurrency() const { return concurrency_; }

private:
    enum class Reading {
        caught_up,  ///< every matched event after position_ is offered
        behind,     ///< matched events up to unread_to_ stand in the log
        reading,    ///< as behind, and a page is being read
    };
    void add(PendingDelivery item);
    Step decided(
        std::int64_t seq, Delivery& delivery, Answer const& answer, Terms const& terms,
        SteadyTime now);
    Step settled(std::int64_t seq, Outcome outcome, DeliveryState state);
    DeliveryRecord record_of(std::int64_t seq, Delivery const& delivery) const;
    void note_busy(std::int64_t seq, milliseconds wished, SteadyTime now);
    void note_success();

    Limits limits_;
    LaneSchedule schedule_;
    std::unordered_map<std::int64_t, Delivery> deliveries_;
    Reading reading_;
    std::int64_t position_;   ///< every matched event up to here is in the schedule or settled
    std::int64_t unread_to_;  ///< matched events up to here may stand in the log
    SteadyTime read_due_;
    unsigned read_failures_ = 0;
    std::size_t concurrency_;  ///< what the subscriber seems to bear
    std::size_t successes_ = 0;
    bool is_stopped_ = false;
};

}  // namespace millrace::broker
