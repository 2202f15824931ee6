// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <queue>

#include "broker/delivery/recent_events.hpp"
#include "broker/delivery/trigger_deliveries.hpp"
#include "broker/history/history.hpp"
#include "broker/intake/matcher.hpp"
#include "broker/log/log_keeper.hpp"
#include "tests/simulation/broker/simulated_disk.hpp"
#include "tests/simulation/broker/simulated_subscribers.hpp"

namespace millrace::test {

/// The broker's own parts (EventLog, LogKeeper, WriteQueue, TotalsFile, History, Matcher,
/// TriggerDeliveries with cursors, lanes and retries) performed on a simulated clock, disk and
/// subscribers: what Writer, Dispatchers and BrokerService do with threads and sockets.
class SimulatedBroker {
public:
    struct World {
        std::mt19937_64& random;
        SimulatedDisk& disk;
        SimulatedSubscribers& subscribers;
        Oracle& oracle;
    };
    /// Starts with the first restart().
    SimulatedBroker(World world, broker::EventLogOptions options);

    /// What the store says of now; it outlives the process.
    void set_triggers(std::vector<broker::TriggerRouteRef> routes);
    /// One request with these events, numbered by the oracle.
    void post(std::vector<std::pair<std::size_t, CloudEvent>> events);

    /// Lets time pass to `until`, and everything happen that is due till then. Ends early if the
    /// process ended at a write.
    void run_until(nanoseconds until);
    nanoseconds now() const { return now_; }
    /// The process ends, if it has not, and another starts: only the disk is left.
    void restart(bool power_was_lost);
    bool is_idle() const;
    std::size_t segments_made() const;
    std::size_t segments_dropped() const;
    /// Tells the oracle where records and counters do not fit what it knows. Pre: is_idle().
    void check_records();

private:
    using Route = broker::TriggerRouteRef;
    /// Of one TriggerDelivery.
    struct Live {
        broker::TriggerDelivery* delivery = nullptr;  ///< nullptr: removed
        std::optional<SteadyTime> wake;
    };
    using LiveRef = std::shared_ptr<Live>;
    struct Process {
        Process(broker::EventLogOptions const& options, SteadyTime now);
        broker::SegmentDirectory segments;
        broker::EventLog log;
        broker::TotalsFile totals;
        broker::Matcher matcher;
        broker::History history;
        broker::RecentEvents recent;
        broker::WriteQueue queue;
        broker::LogKeeper keeper;
        broker::TriggerDeliveries deliveries;
        std::map<broker::TriggerDelivery const*, LiveRef> live;
        std::int64_t head = 0;
        std::int64_t saved_head = -1;
        std::int64_t low_water = 0;
        std::optional<SteadyTime> write_planned;
        bool is_writing = false;
        std::size_t unanswered = 0;
    };
    struct Due {
        nanoseconds at;
        std::uint64_t number;
        std::uint64_t life;
        std::shared_ptr<std::function<void()>> act;
        bool operator>(Due const& other) const {
            return at != other.at ? at > other.at : number > other.number;
        }
    };

    SteadyTime steady() const { return SteadyTime(now_); }
    SystemTime system() const;
    void plan(nanoseconds after, std::function<void()> act);
    void start();
    void note_stored();
    /// No saved cursor may be past a delivery that is still to be made.
    void check_cursors(broker::SavedTotals const& saved);
    void routes_changed();
    void plan_write();
    void write();
    void committed(std::vector<broker::Append> appends, broker::EventBatch events, bool is_stored);
    void save();
    void pump(LiveRef const& live);
    void read(LiveRef const& live, broker::DeliveryCursor::Action::Read wanted);
    void attempt(LiveRef const& live, std::int64_t seq);
    void send(LiveRef const& live, broker::StoredEventRef const& event);
    void conclude(
        LiveRef const& live, broker::StoredEventRef const& event, SystemTime sent,
        SimulatedSubscribers::Reply const& reply);
    void check_event(std::int64_t seq);

    World world_;
    broker::EventLogOptions options_;
    std::vector<Route> routes_;
    nanoseconds now_{0};
    std::uint64_t life_ = 0;
    std::uint64_t planned_ = 0;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
    std::unique_ptr<Process> process_;
};

}  // namespace millrace::test
