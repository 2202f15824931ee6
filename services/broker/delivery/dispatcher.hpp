// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "broker/control/catalog.hpp"
#include "broker/delivery/lane_schedule.hpp"
#include "broker/delivery/recent_events.hpp"
#include "broker/delivery/subscriber_message.hpp"
#include "broker/disk/worker_thread.hpp"
#include "broker/history/history.hpp"
#include "broker/log/totals.hpp"
#include "broker/log/writer.hpp"
#include "common/net/http_client.hpp"
#include "common/net/task_group.hpp"

namespace millrace::broker {

struct DispatcherOptions {
    std::size_t concurrency = 16;  ///< requests to the subscriber at once
    std::size_t window = 4096;     ///< events known; more stay in the log until there is room
};

/// What all dispatchers share. Everything outlives them.
struct DispatcherParts {
    asio::io_context& io;
    HttpClient& client;
    Writer& writer;
    WorkerThread& reading;
    History& history;  ///< used on `reading` alone
    RecentEvents& recent;
    /// Stores a reply as a new event. Errors: `unavailable` and `storage` can be tried again.
    std::function<Task<Result<void>>(StoredEventRef const& of, CloudEvent reply)> store_reply;
    /// Told of each delivery that ends.
    std::function<void(DeliveryState)> settled;
    /// Told of each attempt that will be repeated.
    std::function<void()> retried;
};

/// Delivers the events one trigger matched: in order per lane, retried as its RetryPolicy says,
/// then to the dead letter sink. Memory is bounded by the window; what does not fit is read from
/// the log later, as is everything unsettled when it begins.
class Dispatcher {
public:
    Dispatcher(DispatcherParts& parts, DispatcherOptions options, TriggerTotals totals);

    /// Where to, from now on. A new address is tried at once with all that waits for a retry.
    void set_route(TriggerRoute route);
    /// Begins with what is unsettled in the log up to `head`.
    void start(std::int64_t head);
    /// A stored event was matched by `verdict`.
    void offer(StoredEvent const& event, VerdictRef const& verdict);
    /// Every matched event up to `head` has been offered.
    void advance(std::int64_t head);

    TriggerRoute const& route() const { return route_; }
    TriggerTotals& totals() { return totals_; }
    TriggerTotals const& totals() const { return totals_; }
    /// Older events were matched by a removed trigger of the same name.
    std::int64_t first_seq() const { return totals_.first_seq; }
    /// Every matched event below it is settled.
    std::int64_t low_water() const;
    /// Matched and not settled, as far as it is counted.
    std::uint64_t pending() const;

    /// Begins no further request.
    void begin_stop() { stopping_ = true; }
    /// Lets requests under way end until `deadline`, then cancels them; they are sent again after
    /// the next start. May be called again where a call was cancelled itself.
    Task<void> stop(SteadyTime deadline);

private:
    struct Entry {
        std::uint32_t verdict = 0;
        DeliveryState state = DeliveryState::pending;
        unsigned attempts_made = 0;  ///< to the destination of `state`
        std::vector<Attempt> attempts;
        DeadLetterReason reason;
    };
    void pump();
    void wake_at(SteadyTime due);
    Task<void> wait_and_pump();
    Task<void> refill();
    void add(PendingDelivery item);

    Task<void> attempt(std::int64_t seq);
    Task<Result<StoredEventRef>> load(std::int64_t seq);
    Task<AnswerMeaning> exchange(StoredEventRef event, Entry const& entry);
    Task<AnswerMeaning> send(StoredEventRef event, HttpRequest request, std::string url);
    Task<AnswerMeaning> with_reply_stored(StoredEventRef event, AnswerMeaning meaning);
    void conclude(std::int64_t seq, AnswerMeaning const& meaning);
    void give_up(std::int64_t seq, Entry& entry, AnswerMeaning const& meaning);
    void settle(std::int64_t seq, DeliveryState state);
    void save(std::int64_t seq, Entry const& entry);
    void note_error(Attempt const& attempt);
    void lost(std::int64_t seq, Error const& error);

    DispatcherParts& parts_;
    DispatcherOptions options_;
    TriggerTotals totals_;
    TriggerRoute route_;
    LaneSchedule schedule_;
    std::unordered_map<std::int64_t, Entry> entries_;
    std::int64_t position_ = 0;  ///< everything matched up to here is in the schedule or settled
    std::int64_t head_ = 0;      ///< newest event of the log that has been offered
    bool behind_ = true;         ///< position_ < head_: the log is read
    bool refilling_ = false;
    bool stopping_ = false;
    asio::steady_timer timer_;
    asio::steady_timer idle_;
    TaskGroup tasks_;
};

}  // namespace millrace::broker
