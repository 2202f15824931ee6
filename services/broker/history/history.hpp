// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "broker/history/segment_reader.hpp"

namespace millrace::broker {

/// Reads the log. One thread at a time; never blocks the writer (SQLite's write-ahead mode).
class History {
public:
    /// `directory` outlives it.
    explicit History(SegmentDirectory const& directory) : directory_(directory) {}

    /// What is damaged is counted and passed over. Errors: `storage`.
    Result<HistoryPage> search(SearchQuery const& query, milliseconds budget);
    /// Errors: `not_found` (never was, or aged out), `damaged`, `storage`.
    Result<HistoryRecord> find(std::int64_t seq);
    /// What `query.trigger` still has to deliver, oldest first. What cannot be read any more is
    /// told as lost, with the file, and passed over. Errors: `storage`.
    Result<PendingPage> pending(PendingQuery const& query);
    /// Which triggers matched events after `after_seq` up to `to_seq`, in one pass for all of them.
    /// Errors: `damaged`, `storage`.
    Result<TriggerMatches> matches(std::int64_t after_seq, std::int64_t to_seq);
    /// Rows after `seq`, oldest first, damaged ones left out; `triggers` says which are in force.
    /// Errors: `storage`.
    Result<std::vector<HistoryRow>> rows_after(
        std::int64_t seq, std::size_t limit, TriggersInForceRef const& triggers = {});

private:
    /// The reader of a segment; nullptr if its file has gone meanwhile.
    Result<SegmentReader*> reader_of(SegmentInfo const& info);
    /// One segment's part of the search, and which of its events are in the query's time. Errors:
    /// `damaged`, `storage`.
    Result<SegmentReader::Bounds> search_in(
        SegmentInfo const& info, SearchQuery const& query, SteadyTime deadline, HistoryPage& page);
    /// Errors: `damaged`, `storage`.
    Result<void> add_rows_after(
        SegmentInfo const& info, std::int64_t seq, SearchQuery const& query, HistoryPage& page);
    Result<void> pending_in(
        SegmentInfo const& info, bool has_former, PendingQuery const& query, PendingPage& page);
    /// Closes what has been dropped and returns the segments there are.
    std::shared_ptr<SegmentList const> current();

    SegmentDirectory const& directory_;
    std::unordered_map<std::uint32_t, SegmentReader> readers_;
};

}  // namespace millrace::broker
