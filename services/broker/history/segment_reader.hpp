// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "broker/history/search_query.hpp"
#include "broker/log/segment.hpp"

namespace millrace::broker {

/// How the deliveries of one event stand, in numbers.
struct DeliveryCounts {
    std::size_t matched = 0;
    std::size_t delivered = 0;
    std::size_t failed = 0;
    std::size_t pending = 0;
};

/// An event as lists show it.
struct HistoryRow {
    StoredEventRef event;  ///< without data
    DeliveryCounts deliveries;
};

struct HistoryPage {
    std::vector<HistoryRow> rows;
    std::optional<std::int64_t> next;  ///< `before_seq` of the next page; nothing at the end
    bool complete = true;              ///< false: the time budget ended; go on with `next`
};

/// One event with all that became of it.
struct HistoryRecord {
    StoredEventRef event;                                ///< with its verdicts
    std::map<std::uint32_t, DeliveryRecord> deliveries;  ///< by verdict id
};

/// A matched event that is not settled.
struct PendingDelivery {
    std::int64_t seq = 0;
    std::uint32_t verdict = 0;
    std::uint64_t lane = 0;
    DeliveryState state = DeliveryState::pending;
    std::vector<Attempt> attempts;
};

struct PendingQuery {
    std::string trigger;
    std::int64_t after_seq = 0;
    std::size_t limit = 1000;
    std::size_t examined_max = 50'000;  ///< so that one call does not hold the thread for long
};

struct PendingPage {
    std::vector<PendingDelivery> items;
    std::int64_t examined_to = 0;  ///< every event up to here has been looked at
    std::size_t examined = 0;
};

/// Reads one segment and its index. One thread at a time.
class SegmentReader {
public:
    /// Errors: `not_found` (the file has gone), `storage`.
    static Result<SegmentReader> open(SegmentInfo const& info);

    enum class Part { row, whole };
    /// Nothing if the segment has no such event. `row` leaves the data out.
    Result<std::optional<StoredEvent>> read(std::int64_t seq, Part part);
    Result<std::map<std::uint32_t, DeliveryRecord>> deliveries(std::int64_t seq);
    Result<DeliveryCounts> count_deliveries(StoredEvent const& event);

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
    /// Adds what is unsettled of `query.trigger` and sets how far it looked.
    Result<void> pending(PendingQuery const& query, PendingPage& page);

private:
    Result<void> prepare();
    void open_index();
    Result<void> refresh_verdicts();
    Result<VerdictRef> verdict(std::uint32_t id);
    /// Ids of the verdicts by which `trigger` matched.
    std::set<std::uint32_t> matches_of(std::string const& trigger) const;
    Result<std::int64_t> last_seq();
    Result<std::int64_t> first_at_or_after(SystemTime time, std::int64_t last);
    Result<std::int64_t> received_ns(std::int64_t seq);
    Result<void> add_row(StoredEvent event, HistoryPage& page);
    Result<std::int64_t> search_all(SearchRun const& run, HistoryPage& page);
    Result<std::int64_t> scan(SearchRun const& run, HistoryPage& page);
    Result<std::int64_t> search_index(SearchRun const& run, HistoryPage& page);
    Result<std::int64_t> indexed_to();
    Result<std::optional<PendingDelivery>> unsettled(std::int64_t seq, std::uint32_t verdict);
    StoredEvent event_of(Statement const& row, Part part) const;

    SegmentInfo info_;
    Database database_;
    Statement read_row_;
    Statement read_whole_;
    Statement read_deliveries_;
    Statement read_time_;
    Statement scan_down_;
    Statement scan_up_;
    Statement last_seq_;
    std::optional<Database> index_;
    Statement index_search_;
    Statement index_to_;
    std::unordered_map<std::uint32_t, VerdictRef> verdicts_;
};

}  // namespace millrace::broker
