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

    /// Errors: `storage`.
    Result<HistoryPage> search(SearchQuery const& query, milliseconds budget);
    /// Errors: `not_found` (never was, or aged out), `storage`.
    Result<HistoryRecord> find(std::int64_t seq);
    /// What `query.trigger` still has to deliver, oldest first. Errors: `storage`.
    Result<PendingPage> pending(PendingQuery const& query);
    /// Rows after `seq`, oldest first. Errors: `storage`.
    Result<std::vector<HistoryRow>> rows_after(std::int64_t seq, std::size_t limit);

private:
    /// The reader of a segment; nullptr if its file has gone meanwhile.
    Result<SegmentReader*> reader_of(SegmentInfo const& info);
    /// Closes what has been dropped and returns the segments there are.
    std::shared_ptr<SegmentList const> current();

    SegmentDirectory const& directory_;
    std::unordered_map<std::uint32_t, SegmentReader> readers_;
};

}  // namespace millrace::broker
