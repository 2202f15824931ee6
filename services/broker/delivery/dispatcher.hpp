// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "broker/delivery/recent_events.hpp"
#include "broker/delivery/subscriber_clients.hpp"
#include "broker/delivery/subscriber_message.hpp"
#include "broker/delivery/trigger_delivery.hpp"
#include "broker/history/history.hpp"
#include "broker/log/writer.hpp"
#include "common/net/async_signal.hpp"
#include "common/net/http_client.hpp"
#include "common/net/task_group.hpp"
#include "common/net/worker_thread.hpp"

namespace millrace::broker {

class Dispatcher;

/// What all dispatchers share. Everything outlives them.
struct DispatcherParts {
    asio::io_context& io;
    SubscriberClients& clients;
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

/// Where events are sent, and with whom.
struct DeliveryPlace {
    Url url;
    std::shared_ptr<HttpClient> client;
};
/// Where a route leads to, which an attempt keeps while it lasts, or what it comes to without that.
using DeliveryTarget = std::expected<std::shared_ptr<DeliveryPlace const>, AnswerMeaning>;

/// Performs what the deliveries of one trigger need: reads the log, posts events, writes what
/// became of them. It costs nothing while its trigger has nothing to deliver.
class Dispatcher {
public:
    /// Both outlive it.
    Dispatcher(DispatcherParts& parts, TriggerDelivery& delivery);

    /// Does what is to be done now.
    void pump();
    /// Lets requests under way end until `deadline`, then cancels them; they are sent again after
    /// the next start. May be called again where a call was cancelled itself.
    Task<void> stop(SteadyTime deadline);

private:
    Task<void> read(DeliveryCursor::Action::Read wanted);
    Task<void> attempt(std::int64_t seq);
    Task<Result<StoredEventRef>> load(std::int64_t seq);
    Task<AnswerMeaning> exchange(std::int64_t seq, StoredEventRef event);
    Task<AnswerMeaning> send(
        StoredEventRef event, HttpRequest request, DeliveryTarget target, KeptConnection kept);
    Task<AnswerMeaning> with_reply_stored(StoredEventRef event, AnswerMeaning meaning);
    void conclude(std::int64_t seq, DeliveryCursor::Answer const& answer);
    void give_up_unreadable(std::int64_t seq, Error const& error);
    void note_lost(LostEvents const& lost);
    void note_not_delivered(std::int64_t seq, DeliveryState state);
    void write(DeliveryRecord record);
    /// Where the route of now leads.
    void update_targets();
    DeliveryTarget target_of(
        Result<std::string> const& address, std::shared_ptr<std::string const> const& authorities);

    DispatcherParts& parts_;
    TriggerDelivery& delivery_;
    TriggerRouteRef targets_of_;
    DeliveryTarget subscriber_;
    DeliveryTarget dead_letter_;
    AsyncSignal idle_;
    TaskGroup tasks_;
};

}  // namespace millrace::broker
