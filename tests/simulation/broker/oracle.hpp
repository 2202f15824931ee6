// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/record/delivery_record.hpp"
#include "common/base/clock.hpp"

namespace millrace::test {

/// What one run showed.
struct Verdict {
    std::size_t events = 0;
    std::size_t accepted = 0;
    std::size_t deliveries = 0;  ///< taken by subscribers, repeated ones included
    std::size_t given_up = 0;
    std::size_t repeated = 0;

    // What must not be.
    std::size_t lost = 0;          ///< promised, and neither delivered nor given up with a reason
    std::size_t uncalled_for = 0;  ///< delivered to a Trigger that does not match
    std::size_t out_of_order = 0;
    std::size_t repeated_without_cause = 0;  ///< known to the disk, sent again
    std::size_t given_up_without_cause = 0;  ///< its subscriber was not asked often enough
    std::size_t damages_told = 0;            ///< where nothing is damaged
    std::size_t contradictions = 0;          ///< counters or records that do not fit the log
    std::string first_problem;
};

/// Knows what was posted, what was answered and what subscribers took, and judges it. It knows
/// nothing of how the broker does what it does, but for when what became of a delivery has to be
/// on disk.
class Oracle {
public:
    /// By number of the event, in the order of posting.
    struct Event {
        unsigned entity = 0;             ///< 0: it has none, and no order
        std::set<std::string> expected;  ///< uids of the Triggers in force that it matches
        bool is_accepted = false;
        std::int64_t seq = 0;  ///< 0: not in the log, as far as is known
    };
    std::size_t posted(unsigned entity, std::set<std::string> expected);
    void accepted(std::size_t number) { events_[number].is_accepted = true; }
    void stored(std::size_t number, std::int64_t seq);
    Event const& event(std::size_t number) const { return events_.at(number); }
    /// The newest event that was promised; what stands behind it in the log may go again.
    std::int64_t last_accepted_seq() const;
    /// Events behind it are not known to be stored any more.
    void forget_stored_after(std::int64_t seq);

    /// Whether the subscriber's answer reaches the broker.
    enum class Told { yes, no };
    void received(std::string const& uid, std::size_t number, Told told);
    /// The subscriber failed on it, which counts as an attempt.
    void attempted(std::string const& uid, std::size_t number);
    /// It is refused for good by its subscriber.
    void refused(std::string const& uid, std::size_t number);
    void settled(
        std::string const& uid, std::size_t number, broker::DeliveryState state, nanoseconds now,
        unsigned retries);

    void disk_trouble(bool has_begun, nanoseconds now);
    void process_ended(nanoseconds now);
    void damage(std::string const& problem) { problem_in(verdict_.damages_told, problem); }
    void contradiction(std::string const& problem) { problem_in(verdict_.contradictions, problem); }

    /// What was promised and neither taken nor given up; `alive`: uids of Triggers that are there.
    std::size_t owed(std::set<std::string> const& alive) const;
    /// Events for it that were stored, from `first_seq` on.
    std::size_t stored_for(std::string const& uid, std::int64_t first_seq = 1) const;
    /// A process ended while its counters could not be saved; of events that retention dropped
    /// meanwhile nobody can count any more.
    bool were_counters_lost() const { return were_counters_lost_; }
    Verdict verdict(std::set<std::string> const& alive);

private:
    using Key = std::pair<std::string, std::size_t>;
    struct Delivery {
        std::size_t receipts = 0;
        std::size_t attempts = 0;
        bool is_refused = false;
        bool may_repeat = false;  ///< the last receipt is not known to be on disk
        bool is_given_up = false;
        bool is_on_disk = false;  ///< what became of it, whatever happens
        nanoseconds settled_at{0};
    };
    struct Trouble {
        nanoseconds from;
        nanoseconds to;
    };

    void problem_in(std::size_t& counter, std::string const& problem);
    bool was_trouble(nanoseconds at) const;

    std::vector<Event> events_;
    std::map<Key, Delivery> deliveries_;
    std::set<Key> settled_now_;  ///< in this life of the process
    std::map<std::pair<std::string, unsigned>, std::size_t> last_of_entity_;
    std::vector<Trouble> troubles_;
    bool were_counters_lost_ = false;
    Verdict verdict_;
};

}  // namespace millrace::test
