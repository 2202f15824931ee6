// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "broker/control/catalog.hpp"
#include "broker/delivery/delivery_cursor.hpp"
#include "broker/delivery/recent_events.hpp"
#include "broker/delivery/subscriber_message.hpp"
#include "broker/history/history.hpp"
#include "broker/log/writer.hpp"
#include "broker/record/totals.hpp"
#include "common/net/async_signal.hpp"
#include "common/net/http_client.hpp"
#include "common/net/task_group.hpp"
#include "common/net/worker_thread.hpp"

namespace millrace::broker {

class Dispatcher;

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
    /// Told how many deliveries of a trigger that is removed will never be made.
    std::function<void(std::uint64_t count)> given_up;
    /// Told of each attempt that will be repeated.
    std::function<void()> retried;
    /// Told of each record that is written: what live streams hear.
    std::function<void(DeliveryRecord const& record)> recorded;
    /// Calls Dispatcher::pump at `due`; set by Dispatchers.
    std::function<void(Dispatcher&, SteadyTime due)> wake_at;
};

/// Performs what the DeliveryCursor of one trigger says: reads the log, posts events, writes what
/// became of them. It costs nothing while its trigger has nothing to deliver.
class Dispatcher {
public:
    /// `unread_to`: see DeliveryCursor; its position follows from `totals`.
    Dispatcher(
        DispatcherParts& parts, DeliveryCursor::Limits limits, TriggerTotals totals,
        TriggerRouteRef route, std::int64_t unread_to);

    /// Where to, from now on. A new address is tried at once with all that waits for a retry.
    void set_route(TriggerRouteRef route);
    /// A stored event was matched by `version` of the trigger. Followed by pump().
    void offer(StoredEvent const& event, std::uint32_t version);
    /// Does what is to be done now.
    void pump();

    TriggerRoute const& route() const { return *route_; }
    TriggerRouteRef const& route_ref() const { return route_; }
    TriggerTotals const& totals() const { return totals_; }
    DeliveryCursor const& cursor() const { return cursor_; }
    /// Older events were matched by a removed trigger of the same name.
    std::int64_t first_seq() const { return totals_.first_seq; }
    /// Why `seq`, matched and not settled, waits.
    DeliveryCursor::Wait wait_of(std::int64_t seq) const { return cursor_.wait_of(seq); }
    /// Matched and not settled, as far as it is counted.
    std::uint64_t pending() const;
    /// What to save, if it is not what was saved last. `head`: the newest event.
    std::optional<TriggerTotals> take_changed(std::int64_t head);

    /// Begins no further request.
    void begin_stop() { cursor_.stop(); }
    /// Lets requests under way end until `deadline`, then cancels them; they are sent again after
    /// the next start. May be called again where a call was cancelled itself.
    Task<void> stop(SteadyTime deadline);

private:
    Task<void> read(DeliveryCursor::Action::Read wanted);
    Task<void> attempt(std::int64_t seq);
    Task<Result<StoredEventRef>> load(std::int64_t seq);
    Task<AnswerMeaning> exchange(std::int64_t seq, StoredEventRef event);
    Task<AnswerMeaning> send(StoredEventRef event, HttpRequest request, Result<Url> const& url);
    Task<AnswerMeaning> with_reply_stored(StoredEventRef event, AnswerMeaning meaning);
    void conclude(std::int64_t seq, DeliveryCursor::Answer const& answer);
    void settle(std::int64_t seq, DeliveryState state);
    void give_up_unreadable(std::int64_t seq, Error const& error);
    void note_lost(LostEvents const& lost);
    void write(DeliveryRecord record);
    void note_error(SystemTime at, int status, std::string const& error);
    void set_targets();

    DispatcherParts& parts_;
    TriggerTotals totals_;
    TriggerRouteRef route_;
    Result<Url> subscriber_ = Url();
    Result<Url> dead_letter_ = Url();
    DeliveryCursor cursor_;
    bool is_changed_ = true;  ///< counters differ from what was saved
    std::int64_t saved_low_water_ = -1;
    AsyncSignal idle_;
    TaskGroup tasks_;
};

}  // namespace millrace::broker
