// SPDX-License-Identifier: Apache-2.0
// The half of SegmentReader that says what is still to be delivered.
#include <algorithm>

#include "broker/history/segment_reader.hpp"
#include "broker/log/segment_rows.hpp"
#include "common/base/log.hpp"

namespace millrace::broker {

Result<SegmentReader::Routing> SegmentReader::routing_of(Statement const& row) const {
    RoutingColumns const columns{
        .seq = row.integer(0),
        .lane = row.integer(3),
        .asked = row.integer(4),
        .matches = row.text(5)};
    auto ids = decode_ids(columns.matches);
    if (!ids || columns.checksum() != row.integer(1))
        return std::unexpected(damage(columns.seq));
    return Routing{
        .seq = columns.seq,
        .lane = static_cast<std::uint64_t>(columns.lane),
        .matches = std::move(*ids)};
}

Result<SegmentReader::Routing> SegmentReader::read_routing(std::int64_t seq) {
    read_routing_.reset();
    auto const row = read_routing_.bind(1, seq).step();
    bool const is_missing = row.has_value() && !*row;
    if (is_missing || (!row && row.error().code == ErrorCode::damaged))
        return std::unexpected(damage(seq));
    if (!row)
        return std::unexpected(row.error());
    auto routing = routing_of(read_routing_);
    read_routing_.reset();
    return routing;
}

Result<void> SegmentReader::add_unsettled(
    Routing const& routing, std::uint32_t version, PendingPage& page) {
    PendingDelivery item{.seq = routing.seq, .version = version, .lane = routing.lane};
    auto records = deliveries(routing.seq);
    if (!records && records.error().code != ErrorCode::damaged)
        return std::unexpected(records.error());
    if (!records)
        // Delivered once more is better than not at all.
        log::error(
            "What became of a delivery cannot be read; it is made once more.",
            {{"seq", routing.seq}, {"error", records.error().detail}});
    else if (auto const found = records->find(version); found != records->end()) {
        item.state = found->second.state;
        item.attempts = std::move(found->second.attempts);
    }
    if (!is_settled(item.state))
        page.items.push_back(std::move(item));
    else if (item.state != DeliveryState::delivered)
        page.failed.push_back(routing.seq);
    return {};
}

Result<void> SegmentReader::add_unsettled(
    Routing const& routing, std::vector<std::uint32_t> const& versions, PendingPage& page) {
    for (std::uint32_t const match : routing.matches) {
        if (!std::ranges::binary_search(versions, match))
            continue;
        if (auto added = add_unsettled(routing, match, page); !added)
            return added;
    }
    return {};
}

Result<void> SegmentReader::pending(PendingQuery const& query, PendingPage& page) {
    std::int64_t const end = query.to_seq;
    auto const versions = versions_->versions_of(query.trigger, query.uid);
    if (!versions)
        return std::unexpected(versions.error());
    if (versions->empty()) {
        page.examined_to = std::max(page.examined_to, end);
        return {};
    }
    // The scan is quick until it meets a broken page; from there on each event is looked up.
    bool is_scan = true;
    scan_up_.reset();
    scan_up_.bind(1, page.examined_to).bind(2, end);
    while (page.examined_to < end && page.items.size() < query.limit &&
           page.examined < query.examined_max) {
        std::int64_t const expected = page.examined_to + 1;
        Result<Routing> routing = std::unexpected(damage(expected));
        if (is_scan) {
            auto const row = scan_up_.step();
            if (!row && row.error().code != ErrorCode::damaged)
                return std::unexpected(row.error());
            bool const is_next = row.has_value() && *row && scan_up_.integer(0) == expected;
            if (is_next)
                routing = routing_of(scan_up_);
            is_scan = is_next;
        }
        if (!is_scan)
            routing = read_routing(expected);
        page.examined_to = expected;
        ++page.examined;
        if (!routing && routing.error().code != ErrorCode::damaged)
            return std::unexpected(routing.error());
        if (!routing)
            page.lost.add(expected, expected, routing.error().detail);
        else if (auto added = add_unsettled(*routing, *versions, page); !added)
            return added;
    }
    scan_up_.reset();
    return {};
}

Result<void> SegmentReader::add_matches(
    std::int64_t after_seq, std::int64_t end, std::map<std::uint32_t, MatchSpan>& spans) {
    scan_up_.reset();
    scan_up_.bind(1, after_seq).bind(2, end);
    for (std::int64_t expected = after_seq + 1; expected <= end; ++expected) {
        auto const row = scan_up_.step();
        if (!row)
            return std::unexpected(row.error());
        if (!*row || scan_up_.integer(0) != expected)
            return std::unexpected(damage(expected));
        auto const routing = routing_of(scan_up_);
        if (!routing)
            return std::unexpected(routing.error());
        for (std::uint32_t const match : routing->matches) {
            MatchSpan& span = spans[match];
            ++span.count;
            span.last_seq = expected;
        }
    }
    scan_up_.reset();
    return {};
}

}  // namespace millrace::broker
