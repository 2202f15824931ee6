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

Result<SegmentReader::Bounds> History::search_in(
    SegmentInfo const& info, SearchQuery const& query, SteadyTime deadline, HistoryPage& page) {
    auto reader = reader_of(info);
    if (!reader)
        return std::unexpected(reader.error());
    if (*reader == nullptr)
        return SegmentReader::Bounds{.low = info.first_seq, .high = info.first_seq - 1};
    auto const bounds = (*reader)->bounds(query);
    if (!bounds || bounds->empty())
        return bounds;
    bool const progressed = page.next.has_value();
    auto const examined = (*reader)->search({query, *bounds, deadline, progressed}, page);
    if (!examined)
        return std::unexpected(examined.error());
    page.next = *examined;
    return bounds;
}

Result<HistoryPage> History::search(SearchQuery const& query, milliseconds budget) {
    HistoryPage page;
    SteadyTime const deadline = steady_now() + budget;
    auto const segments = current();
    for (SegmentInfo const& info : *segments | std::views::reverse) {
        if (info.first_seq >= query.before_seq)
            continue;
        auto const bounds = search_in(info, query, deadline, page);
        if (!bounds && bounds.error().code != ErrorCode::damaged)
            return std::unexpected(bounds.error());
        if (!bounds) {
            ++page.unreadable;
            page.next = info.first_seq;
        }
        bool const is_full = page.rows.size() >= query.limit;
        if (is_full || !page.complete)
            return page;
        if (bounds && query.from && bounds->low > info.first_seq)
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
    if (*event)
        return (*reader)->record(std::move(**event));
    // Inside the log it can only be missing by damage.
    auto const newest = (*reader)->last_seq();
    if (after == segments->end() && newest && seq > *newest)
        return missing;
    return failure(
        ErrorCode::damaged, "Event " + std::to_string(seq) + " cannot be read: it is missing in " +
                                std::prev(after)->file.string() + ".");
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
        done = (*reader)->pending(query, page);
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

Result<TriggerMatches> History::matches(std::int64_t after_seq, std::int64_t to_seq) {
    TriggerMatches by_trigger;
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
            MatchSpan& sum = by_trigger[{(*known)->trigger, (*known)->uid}];
            sum.last_seq = span.last_seq;
            sum.count += span.count;
        }
    }
    return by_trigger;
}

Result<void> History::add_rows_after(
    SegmentInfo const& info, std::int64_t seq, SearchQuery const& query, HistoryPage& page) {
    auto reader = reader_of(info);
    if (!reader)
        return std::unexpected(reader.error());
    if (*reader == nullptr)
        return {};
    auto const bounds = (*reader)->bounds(query);
    if (!bounds)
        return std::unexpected(bounds.error());
    for (std::int64_t at = std::max(seq + 1, bounds->low);
         at <= bounds->high && page.rows.size() < query.limit; ++at)
        if (auto added = (*reader)->add_row_of(at, query, page); !added)
            return added;
    return {};
}

Result<std::vector<HistoryRow>> History::rows_after(
    std::int64_t seq, std::size_t limit, TriggersInForceRef const& triggers) {
    HistoryPage page;
    SearchQuery const query{.in_force = triggers, .limit = limit};
    auto const segments = current();
    auto at = std::ranges::upper_bound(*segments, seq + 1, {}, &SegmentInfo::first_seq);
    if (at != segments->begin())
        --at;
    for (; at != segments->end() && page.rows.size() < limit; ++at) {
        auto const added = add_rows_after(*at, seq, query, page);
        if (!added && added.error().code != ErrorCode::damaged)
            return std::unexpected(added.error());
    }
    return std::move(page.rows);
}

}  // namespace millrace::broker
