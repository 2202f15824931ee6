// SPDX-License-Identifier: Apache-2.0
#include "broker/history/history.hpp"

#include <algorithm>
#include <ranges>

namespace millrace::broker {

std::shared_ptr<SegmentList const> History::current() {
    auto segments = directory_.list();
    std::uint32_t const oldest = segments->empty() ? 0 : segments->front().number;
    std::erase_if(readers_, [&](auto const& entry) { return entry.first < oldest; });
    return segments;
}

Result<SegmentReader*> History::reader_of(SegmentInfo const& info) {
    if (auto const found = readers_.find(info.number); found != readers_.end())
        return &found->second;
    auto opened = SegmentReader::open(info);
    if (!opened && opened.error().code == ErrorCode::not_found)
        return nullptr;
    if (!opened)
        return std::unexpected(opened.error());
    return &readers_.emplace(info.number, std::move(*opened)).first->second;
}

Result<HistoryPage> History::search(SearchQuery const& query, milliseconds budget) {
    HistoryPage page;
    SteadyTime const deadline = steady_now() + budget;
    bool progressed = false;
    auto const segments = current();
    for (SegmentInfo const& info : *segments | std::views::reverse) {
        if (info.first_seq >= query.before_seq)
            continue;
        auto reader = reader_of(info);
        if (!reader)
            return std::unexpected(reader.error());
        if (*reader == nullptr)
            continue;
        auto const bounds = (*reader)->bounds(query);
        if (!bounds)
            return std::unexpected(bounds.error());
        if (!bounds->empty()) {
            SegmentReader::SearchRun const run{query, *bounds, deadline, progressed};
            auto const examined = (*reader)->search(run, page);
            if (!examined)
                return std::unexpected(examined.error());
            page.next = *examined;
            progressed = true;
        }
        bool const is_full = page.rows.size() >= query.limit;
        if (is_full || !page.complete)
            return page;
        if (query.from && bounds->low > info.first_seq)
            break;
        page.complete = steady_now() <= deadline;
        if (!page.complete) {
            page.next = info.first_seq;
            return page;
        }
    }
    page.next.reset();
    return page;
}

Result<HistoryRecord> History::find(std::int64_t seq) {
    auto const segments = current();
    auto const after = std::ranges::upper_bound(*segments, seq, {}, &SegmentInfo::first_seq);
    auto missing = failure(
        ErrorCode::not_found, "There is no event " + std::to_string(seq) + "; it may be too old.");
    if (after == segments->begin())
        return missing;
    auto reader = reader_of(*std::prev(after));
    if (!reader)
        return std::unexpected(reader.error());
    if (*reader == nullptr)
        return missing;
    auto event = (*reader)->read(seq, SegmentReader::Part::whole);
    if (!event)
        return std::unexpected(event.error());
    // Inside the log it can only be missing by damage.
    auto const newest = (*reader)->last_seq();
    bool const is_newer = after == segments->end() && newest && seq > *newest;
    if (!*event && is_newer)
        return missing;
    if (!*event)
        return failure(
            ErrorCode::damaged, "Event " + std::to_string(seq) +
                                    " cannot be read: it is missing in " +
                                    std::prev(after)->file.string() + ".");
    return (*reader)->record(std::move(**event));
}

Result<void> History::pending_in(
    SegmentInfo const& info, bool has_former, PendingQuery const& query, PendingPage& page) {
    std::int64_t const end = query.to_seq;
    if (page.examined_to + 1 < info.first_seq && has_former)
        page.lost.add(
            page.examined_to + 1, info.first_seq - 1,
            "The file before " + info.file.string() + " is missing or damaged.");
    page.examined_to = std::max(page.examined_to, info.first_seq - 1);
    auto reader = reader_of(info);
    Result<void> done = reader ? Result<void>() : std::unexpected(reader.error());
    if (reader && *reader == nullptr)
        done = failure(ErrorCode::damaged, info.file.string() + " is missing.");
    if (done)
        done = (*reader)->pending(query, end, page);
    if (!done && done.error().code == ErrorCode::damaged && page.examined_to < end) {
        page.lost.add(page.examined_to + 1, end, done.error().detail);
        page.examined_to = end;
        return {};
    }
    return done;
}

Result<PendingPage> History::pending(PendingQuery const& query) {
    PendingPage page{.examined_to = query.after_seq};
    auto const segments = current();
    for (std::size_t i = 0; i < segments->size() && page.examined_to < query.to_seq; ++i) {
        bool const is_last = i + 1 == segments->size();
        std::int64_t const end =
            is_last ? query.to_seq : std::min(query.to_seq, (*segments)[i + 1].first_seq - 1);
        if (end <= page.examined_to)
            continue;
        PendingQuery part = query;
        part.to_seq = end;
        if (auto done = pending_in((*segments)[i], i > 0, part, page); !done)
            return std::unexpected(done.error());
        if (page.items.size() >= query.limit || page.examined >= query.examined_max)
            break;
    }
    return page;
}

Result<std::map<std::string, MatchSpan>> History::matches(
    std::int64_t after_seq, std::int64_t to_seq) {
    std::map<std::string, MatchSpan> by_trigger;
    auto const segments = current();
    for (std::size_t i = 0; i < segments->size(); ++i) {
        SegmentInfo const& info = (*segments)[i];
        bool const is_last = i + 1 == segments->size();
        std::int64_t const end =
            is_last ? to_seq : std::min(to_seq, (*segments)[i + 1].first_seq - 1);
        std::int64_t const after = std::max(after_seq, info.first_seq - 1);
        if (after >= end)
            continue;
        auto reader = reader_of(info);
        if (!reader)
            return std::unexpected(reader.error());
        if (*reader == nullptr)
            return failure(ErrorCode::damaged, info.file.string() + " is missing.");
        std::map<std::uint32_t, MatchSpan> spans;
        if (auto done = (*reader)->add_matches(after, end, spans); !done)
            return std::unexpected(done.error());
        for (auto const& [version, span] : spans) {
            auto const known = (*reader)->versions().version(version);
            if (!known)
                return std::unexpected(known.error());
            MatchSpan& sum = by_trigger[(*known)->trigger];
            if (sum.count == 0)
                sum.first_seq = span.first_seq;
            sum.last_seq = span.last_seq;
            sum.count += span.count;
        }
    }
    return by_trigger;
}

Result<std::vector<HistoryRow>> History::rows_after(
    std::int64_t seq, std::size_t limit, TriggersInForceRef const& triggers) {
    HistoryPage page;
    auto const segments = current();
    for (SegmentInfo const& info : *segments) {
        auto reader = reader_of(info);
        if (!reader)
            return std::unexpected(reader.error());
        if (*reader == nullptr)
            continue;
        auto const bounds = (*reader)->bounds({});
        if (!bounds)
            return std::unexpected(bounds.error());
        for (std::int64_t at = std::max(seq + 1, bounds->low);
             at <= bounds->high && page.rows.size() < limit; ++at) {
            auto event = (*reader)->read(at, SegmentReader::Part::row);
            if (!event)
                return std::unexpected(event.error());
            if (!*event)
                continue;
            auto const record = (*reader)->record(std::move(**event));
            if (!record)
                return std::unexpected(record.error());
            page.rows.push_back(
                {.event = record->event, .deliveries = record->counts(triggers.get())});
        }
    }
    return std::move(page.rows);
}

}  // namespace millrace::broker
