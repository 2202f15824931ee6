// SPDX-License-Identifier: Apache-2.0
// The searching half of SegmentReader.
#include "broker/history/segment_reader.hpp"
#include "common/base/log.hpp"

namespace millrace::broker {

Result<std::int64_t> SegmentReader::search(SearchRun const& run, HistoryPage& page) {
    if (match_expression(run.query).empty())
        return search_all(run, page);
    auto const to = indexed_to();
    if (!to)
        return to;
    std::int64_t examined = run.bounds.high + 1;
    if (run.bounds.high > *to) {
        SearchRun newest = run;
        newest.bounds.low = std::max(run.bounds.low, *to + 1);
        auto const scanned = scan(newest, page);
        if (!scanned)
            return scanned;
        examined = *scanned;
        bool const is_done = examined <= newest.bounds.low;
        if (!is_done || page.rows.size() >= run.query.limit)
            return examined;
    }
    SearchRun indexed = run;
    indexed.bounds.high = std::min(run.bounds.high, *to);
    if (indexed.bounds.empty())
        return examined;
    auto const found = search_index(indexed, page);
    if (index_ || !found)
        return found;
    indexed.bounds.high = *found - 1;
    return indexed.bounds.empty() || page.rows.size() >= run.query.limit ? found
                                                                         : scan(indexed, page);
}

/// The words of events can be read from the events, and WordIndexer makes it again.
void SegmentReader::drop_index(Error const& error) {
    log::warn(
        "A search index is damaged; it is taken away, and events are read instead.",
        {{"error", error.detail}});
    index_search_ = {};
    index_to_ = {};
    index_.reset();
    remove_index(info_);
}

Result<void> SegmentReader::add_row_of(
    std::int64_t seq, SearchQuery const& query, HistoryPage& page) {
    auto event = read(seq, Part::row);
    if (!event && event.error().code == ErrorCode::damaged) {
        ++page.unreadable;
        return {};
    }
    if (!event)
        return std::unexpected(event.error());
    if (!*event || !attributes_match(query, (*event)->event))
        return {};
    auto const fits = phrases_fit(query, seq);
    if (!fits && fits.error().code == ErrorCode::damaged) {
        ++page.unreadable;
        return {};
    }
    if (!fits)
        return std::unexpected(fits.error());
    return *fits ? add_row(query, std::move(**event), page) : Result<void>();
}

Result<bool> SegmentReader::phrases_fit(SearchQuery const& query, std::int64_t seq) {
    if (query.phrases.empty())
        return true;
    auto const whole = read(seq, Part::whole);
    if (!whole)
        return std::unexpected(whole.error());
    return *whole && phrases_match(query, (*whole)->event);
}

Result<std::int64_t> SegmentReader::search_all(SearchRun const& run, HistoryPage& page) {
    for (std::int64_t seq = run.bounds.high; seq >= run.bounds.low; --seq) {
        if (page.rows.size() >= run.query.limit)
            return seq + 1;
        if (auto added = add_row_of(seq, run.query, page); !added)
            return std::unexpected(added.error());
        bool const is_late = steady_now() > run.deadline && page.rows.size() < run.query.limit;
        if (is_late && seq > run.bounds.low) {
            page.complete = false;
            return seq;
        }
    }
    return run.bounds.low;
}

Result<std::int64_t> SegmentReader::scan(SearchRun const& run, HistoryPage& page) {
    scan_down_.reset();
    scan_down_.bind(1, run.bounds.low).bind(2, run.bounds.high);
    std::int64_t examined = run.bounds.high + 1;
    while (page.rows.size() < run.query.limit) {
        auto const row = scan_down_.step();
        if (!row)
            return std::unexpected(row.error());
        if (!*row) {
            examined = run.bounds.low;
            break;
        }
        examined = scan_down_.integer(0);
        auto const event = event_of(scan_down_, Part::whole);
        if (!event)
            ++page.unreadable;
        else if (words_match(run.query, event->event))
            if (auto added = add_row_of(event->seq, run.query, page); !added)
                return std::unexpected(added.error());
        if (steady_now() > run.deadline) {
            page.complete = false;
            break;
        }
    }
    scan_down_.reset();
    return examined;
}

void SegmentReader::open_index() {
    auto index = Database::open_to_read(info_.index_file);
    // Not there yet, or being made again: the events are scanned instead.
    if (!index)
        return;
    auto search = index->prepare(
        "SELECT rowid FROM words WHERE words MATCH ? AND rowid BETWEEN ? AND ?"
        " ORDER BY rowid DESC");
    auto to = index->prepare("SELECT value FROM meta WHERE key='indexed_to'");
    if (!search && search.error().code == ErrorCode::damaged) {
        index = Database();
        drop_index(search.error());
    }
    if (!search || !to)
        return;
    index_ = std::move(*index);
    index_search_ = std::move(*search);
    index_to_ = std::move(*to);
}

Result<std::int64_t> SegmentReader::indexed_to() {
    if (!index_)
        open_index();
    if (!index_)
        return 0;
    index_to_.reset();
    auto const row = index_to_.step();
    if (!row && row.error().code == ErrorCode::damaged) {
        drop_index(row.error());
        return 0;
    }
    if (!row)
        return std::unexpected(row.error());
    std::int64_t const to = *row ? index_to_.integer(0) : 0;
    index_to_.reset();
    return to;
}

Result<std::int64_t> SegmentReader::search_index(SearchRun const& run, HistoryPage& page) {
    std::string const expression = match_expression(run.query);
    index_->set_deadline(run.may_interrupt ? run.deadline.time_since_epoch().count() : INT64_MAX);
    index_search_.reset();
    index_search_.bind(1, std::string_view(expression))
        .bind(2, run.bounds.low)
        .bind(3, run.bounds.high);
    std::int64_t examined = run.bounds.high + 1;
    for (;;) {
        auto const row = index_search_.step();
        if (!row && row.error().code == ErrorCode::timed_out) {
            page.complete = false;
            return examined;
        }
        if (!row && row.error().code == ErrorCode::damaged) {
            drop_index(row.error());
            return examined;
        }
        if (!row)
            return std::unexpected(row.error());
        if (!*row) {
            examined = run.bounds.low;
            break;
        }
        std::int64_t const seq = index_search_.integer(0);
        examined = seq;
        if (auto added = add_row_of(seq, run.query, page); !added)
            return std::unexpected(added.error());
        if (page.rows.size() >= run.query.limit)
            break;
        if (steady_now() > run.deadline) {
            page.complete = false;
            break;
        }
    }
    index_search_.reset();
    return examined;
}

}  // namespace millrace::broker
