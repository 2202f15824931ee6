// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "broker/history/search_query.hpp"
#include "broker/history/trigger_versions.hpp"
#include "broker/log/segment.hpp"

namespace millrace::broker {

/// An event as lists show it.
struct HistoryRow {
    StoredEventRef event;  ///< without data
    DeliveryCounts deliveries;
};

struct HistoryPage {
    std::vector<HistoryRow> rows;
    std::optional<std::int64_t> next;  ///< `before_seq` of the next page; nothing at the end
    bool complete = true;              ///< false: the time budget ended; go on with `next`
    std::size_t unreadable = 0;        ///< events, or whole files, that are damaged, left out
};

/// One event with all that became of it.
struct HistoryRecord {
    StoredEventRef event;
    std::map<std::uint32_t, DeliveryRecord> deliveries;  ///< by version of the trigger

    /// How the delivery to `trigger`, of which `version` matched, stands: failed where the trigger
    /// has gone.
    DeliveryState state_of(
        std::string const& trigger, std::uint32_t version, TriggersInForce const* triggers) const;
    DeliveryCounts counts(TriggersInForce const* triggers) const;
};

/// A matched event that is not settled.
struct PendingDelivery {
    std::int64_t seq = 0;
    std::uint32_t version = 0;
    std::uint64_t lane = 0;
    DeliveryState state = DeliveryState::pending;
    std::vector<Attempt> attempts;
};

/// Which of the events after_seq < seq <= to_seq a trigger still has to deliver.
struct PendingQuery {
    std::string trigger;
    std::string uid;
    std::int64_t after_seq = 0;
    std::int64_t to_seq = 0;
    std::size_t limit = 1000;
    std::size_t examined_max = 50'000;  ///< so that one call does not hold the thread for long
};

/// Events that were stored and cannot be read any more.
struct LostEvents {
    std::size_t count = 0;
    std::int64_t first_seq = 0;
    std::int64_t last_seq = 0;
    std::string problem;  ///< of the first, naming the file

    void add(std::int64_t first, std::int64_t last, std::string const& why);
};

struct PendingPage {
    std::vector<PendingDelivery> items;
    std::int64_t examined_to = 0;  ///< every event up to here has been looked at
    std::size_t examined = 0;
    LostEvents lost;                   ///< whom they were for cannot be told
    std::vector<std::int64_t> failed;  ///< settled in a former run, and not delivered
};

/// What a scan of who gets which events found of one version of a trigger, or of one trigger.
struct MatchSpan {
    std::int64_t last_seq = 0;
    std::uint64_t count = 0;
};
/// By "namespace/name" and uid: objects of one name are different triggers.
using TriggerMatches = std::map<std::pair<std::string, std::string>, MatchSpan>;

/// Reads one segment and its index. One thread at a time.
class SegmentReader {
public:
    /// Errors: `not_found` (the file has gone), `storage`.
    static Result<SegmentReader> open(SegmentInfo const& info);

    enum class Part { row, whole };
    /// Nothing if the segment has no such event. `row` leaves out the data and the triggers that
    /// were asked. Errors: `damaged` where it is not as it was written; `storage`.
    Result<std::optional<StoredEvent>> read(std::int64_t seq, Part part);
    /// By version of the trigger. One that is damaged is left out, as if it had not been written:
    /// its event is delivered once more; the log says so.
    Result<std::map<std::uint32_t, DeliveryRecord>> deliveries(std::int64_t seq);
    /// The event with what became of it.
    Result<HistoryRecord> record(StoredEvent event);

    struct Bounds {
        std::int64_t low = 0;
        std::int64_t high = 0;
        bool empty() const { return low > high; }
    };
    /// The events of the segment that are in the query's time and below its cursor.
    Result<Bounds> bounds(SearchQuery const& query);
    /// Adds matching events within `bounds`, newest first, until the page is full or `deadline`.
    /// Returns the lowest sequence number examined. `may_interrupt`: SQLite itself may stop at the
    /// deadline, without any progress within this segment.
    struct SearchRun {
        SearchQuery const& query;
        Bounds bounds;
        SteadyTime deadline;
        bool may_interrupt = false;
    };
    Result<std::int64_t> search(SearchRun const& run, HistoryPage& page);
    /// Adds the event as a row, if the exact conditions hold; one that is damaged is counted.
    Result<void> add_row_of(std::int64_t seq, SearchQuery const& query, HistoryPage& page);
    /// Adds what is unsettled of `query.trigger`, and sets how far it looked. What cannot be read
    /// is told as lost and passed over. Errors: `storage`.
    Result<void> pending(PendingQuery const& query, PendingPage& page);
    /// Who gets the events after_seq < seq <= end, by version. Errors: `damaged`, `storage`.
    Result<void> add_matches(
        std::int64_t after_seq, std::int64_t end, std::map<std::uint32_t, MatchSpan>& spans);
    TriggerVersions& versions() { return *versions_; }
    /// 0 where it has none.
    Result<std::int64_t> last_seq();

private:
    /// Who gets one event.
    struct Routing {
        std::int64_t seq = 0;
        std::uint64_t lane = 0;
        std::vector<std::uint32_t> matches;
    };
    Result<void> prepare();
    void open_index();
    /// Errors: `damaged`.
    Result<Routing> routing_of(Statement const& row) const;
    /// Errors: `damaged`, also where it is missing; `storage`.
    Result<Routing> read_routing(std::int64_t seq);
    Result<void> add_unsettled(
        Routing const& routing, std::vector<std::uint32_t> const& versions, PendingPage& page);
    Error damage(std::int64_t seq) const;
    Result<void> add_triggers(StoredEvent& event, Statement const& row, Part part);
    Result<std::int64_t> first_at_or_after(SystemTime time, std::int64_t last);
    Result<std::int64_t> received_ns(std::int64_t seq);
    /// Adds the event as a row if its outcome is one that is asked for.
    Result<void> add_row(SearchQuery const& query, StoredEvent event, HistoryPage& page);
    /// Errors: `damaged`, `storage`.
    Result<bool> phrases_fit(SearchQuery const& query, std::int64_t seq);
    Result<std::int64_t> search_all(SearchRun const& run, HistoryPage& page);
    Result<std::int64_t> scan(SearchRun const& run, HistoryPage& page);
    /// Where the index turns out to be damaged it is dropped, and what is below the number
    /// returned has not been looked at.
    Result<std::int64_t> search_index(SearchRun const& run, HistoryPage& page);
    void drop_index(Error const& error);
    Result<std::int64_t> indexed_to();
    /// Adds what of one match is unsettled, or that it failed.
    Result<void> add_unsettled(Routing const& routing, std::uint32_t version, PendingPage& page);
    Result<StoredEvent> event_of(Statement const& row, Part part) const;

    SegmentInfo info_;
    Database database_;
    Statement read_row_;
    Statement read_whole_;
    Statement read_deliveries_;
    Statement read_time_;
    Statement scan_down_;
    Statement scan_up_;
    Statement read_routing_;
    Statement last_seq_;
    std::optional<Database> index_;
    Statement index_search_;
    Statement index_to_;
    std::optional<TriggerVersions> versions_;
};

}  // namespace millrace::broker
