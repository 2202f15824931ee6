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
    if (!*event)
        return missing;
    auto deliveries = (*reader)->deliveries(seq);
    if (!deliveries)
        return std::unexpected(deliveries.error());
    return HistoryRecord{
        .event = std::make_shared<StoredEvent const>(std::move(**event)),
        .deliveries = std::move(*deliveries)};
}

Result<PendingPage> History::pending(PendingQuery const& query) {
    PendingPage page{.examined_to = query.after_seq};
    auto const segments = current();
    for (std::size_t i = 0; i < segments->size(); ++i) {
        bool const is_last = i + 1 == segments->size();
        if (!is_last && (*segments)[i + 1].first_seq <= page.examined_to + 1)
            continue;
        auto reader = reader_of((*segments)[i]);
        if (!reader)
            return std::unexpected(reader.error());
        if (*reader != nullptr)
            if (auto done = (*reader)->pending(query, page); !done)
                return std::unexpected(done.error());
        if (page.items.size() >= query.limit || page.examined >= query.examined_max)
            break;
    }
    return page;
}

Result<std::vector<HistoryRow>> History::rows_after(std::int64_t seq, std::size_t limit) {
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
            auto counts = (*reader)->count_deliveries(**event);
            if (!counts)
                return std::unexpected(counts.error());
            page.rows.push_back(
                {.event = std::make_shared<StoredEvent const>(std::move(**event)),
                 .deliveries = *counts});
        }
    }
    return std::move(page.rows);
}

}  // namespace millrace::broker
