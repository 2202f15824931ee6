// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "broker/api/delivery_board.hpp"
#include "broker/delivery/dispatchers.hpp"
#include "common/base/telemetry.hpp"
#include "common/net/async_signal.hpp"
#include "common/net/sse.hpp"
#include "common/net/worker_thread.hpp"

namespace millrace::broker {

/// Which events and what else one reader of a live stream wants to hear.
struct NewsWish {
    bool events = true;
    bool deliveries = false;
    bool triggers = false;
    std::string type;     ///< of events, exact; empty: any
    std::string subject;  ///< of events, exact; empty: any
    std::string source;   ///< of events, exact; empty: any

    bool wants(CloudEvent const& event) const;
};
/// Reads `topics` (events when there are none), type, subject and source. Faults: unknown topics.
Checked<NewsWish> parse_news_wish(HttpRequest const& request);

/// What the live streams need. Everything outlives it.
struct LiveNewsParts {
    WorkerThread& searching;
    History& history;  ///< used on `searching` alone
    Dispatchers const& dispatchers;
    Telemetry& telemetry;
    asio::any_io_executor executor;
};

/// Tells the readers of live streams of stored events at once, of deliveries four times a second
/// and of the triggers' counters once a second, each only where something changed. Without readers
/// it does nothing.
class LiveNews {
public:
    explicit LiveNews(LiveNewsParts parts);

    /// `newest`: the last event stored before any that is published.
    void begin_at(std::int64_t newest) { newest_ = newest; }
    /// Tells what has changed until the task is stopped.
    Task<void> run();

    /// An event was stored.
    void publish(StoredEvent const& event);
    /// A delivery record was written.
    void recorded(DeliveryRecord const& record);
    /// Triggers came, changed or went.
    void triggers_changed();

    /// A stream that begins behind `last_event_id` or, without one, now. Errors: `storage`.
    Task<Result<HttpAnswer>> subscribe(NewsWish wish, std::optional<std::int64_t> last_event_id);

private:
    /// What a reader hears of a trigger; its other counters go along.
    struct Told {
        std::int64_t first_seq = 0;
        std::uint64_t settled = 0;
        std::uint64_t matched = 0;
        std::uint64_t pending = 0;
        SystemTime last_error_at;
        std::string fault;
        std::string address;
        bool operator==(Told const&) const = default;
    };
    static Told told_of(TriggerDelivery const& delivery);
    /// Rows as server-sent events, and those of them that had something to deliver.
    struct Missed {
        std::string text;
        std::vector<std::int64_t> unsettled;
    };
    Task<Result<Missed>> missed_since(NewsWish const& wish, std::int64_t seq);
    Task<void> read_unknown();
    void show_readers();
    void tell_deliveries();
    void tell_triggers();
    std::string all_triggers() const;

    LiveNewsParts parts_;
    SseHub hub_;
    Gauge& readers_;
    DeliveryBoard board_;
    AsyncSignal changed_;
    std::int64_t newest_ = 0;      ///< seq of the last event published
    bool counters_moved_ = false;  ///< something about a trigger may be new
    SteadyTime triggers_told_at_;
    std::map<std::string, Told> told_;  ///< by trigger
};

}  // namespace millrace::broker
