// SPDX-License-Identifier: Apache-2.0
#include "broker/history/segment_reader.hpp"

#include <algorithm>
#include <array>

namespace millrace::broker {
namespace {

constexpr std::size_t seq_column = 0;
constexpr std::string_view columns =
    "seq, received_ns, broker, ttl, verdicts, type, source, id, subject, attributes, summary";

std::string select(std::string_view rest, bool with_data) {
    return "SELECT " + std::string(columns) + (with_data ? ", data" : "") + " FROM events " +
           std::string(rest);
}

}  // namespace

Result<SegmentReader> SegmentReader::open(SegmentInfo const& info) {
    SegmentReader reader;
    reader.info_ = info;
    auto database = Database::open_to_read(info.file);
    if (!database)
        return std::unexpected(database.error());
    reader.database_ = std::move(*database);
    if (auto done = reader.prepare(); !done)
        return std::unexpected(done.error());
    return reader;
}

Result<void> SegmentReader::prepare() {
    struct Wanted {
        Statement& statement;
        std::string sql;
    };
    std::array<Wanted, 7> const wanted = {{
        {read_row_, select("WHERE seq=?", false)},
        {read_whole_, select("WHERE seq=?", true)},
        {read_deliveries_, "SELECT verdict, state, attempts FROM deliveries WHERE seq=?"},
        {read_time_, "SELECT received_ns FROM events WHERE seq=?"},
        {scan_down_, select("WHERE seq BETWEEN ? AND ? ORDER BY seq DESC", true)},
        {scan_up_, "SELECT seq, lane, verdicts FROM events WHERE seq>? AND seq<=? ORDER BY seq"},
        {last_seq_, "SELECT MAX(seq) FROM events"},
    }};
    for (auto const& [statement, sql] : wanted) {
        auto prepared = database_.prepare(sql);
        if (!prepared)
            return std::unexpected(prepared.error());
        statement = std::move(*prepared);
    }
    return {};
}

StoredEvent SegmentReader::event_of(Statement const& row, Part part) const {
    StoredEvent event;
    event.seq = row.integer(seq_column);
    event.received_at = SystemTime(nanoseconds(row.integer(1)));
    event.broker = row.text(2);
    event.ttl = static_cast<int>(row.integer(3));
    event.event.type = row.text(5);
    event.event.source = row.text(6);
    event.event.id = row.text(7);
    event.event.subject = row.text(8);
    decode_attributes(row.text(9), event);
    event.summary = row.text(10);
    if (part == Part::whole) {
        event.event.has_data = !row.is_null(11);
        event.event.data = row.text(11);
    }
    return event;
}

Result<std::optional<StoredEvent>> SegmentReader::read(std::int64_t seq, Part part) {
    Statement& statement = part == Part::row ? read_row_ : read_whole_;
    statement.reset();
    auto const row = statement.bind(1, seq).step();
    if (!row)
        return std::unexpected(row.error());
    if (!*row)
        return std::nullopt;
    StoredEvent event = event_of(statement, part);
    auto const ids = decode_verdicts(statement.text(4));
    statement.reset();
    for (std::uint32_t const id : ids) {
        auto known = verdict(id);
        if (!known)
            return std::unexpected(known.error());
        if (*known)
            event.verdicts.push_back(std::move(*known));
    }
    return event;
}

Result<void> SegmentReader::refresh_verdicts() {
    auto all =
        database_.prepare("SELECT id, trigger, matched, clause, attribute, expected FROM verdicts");
    if (!all)
        return std::unexpected(all.error());
    for (;;) {
        auto const row = all->step();
        if (!row)
            return std::unexpected(row.error());
        if (!*row)
            return {};
        auto const id = static_cast<std::uint32_t>(all->integer(0));
        if (verdicts_.contains(id))
            continue;
        Verdict verdict{
            .id = id,
            .trigger = std::string(all->text(1)),
            .matched = all->integer(2) != 0,
            .clause = std::string(all->text(3)),
            .attribute = std::string(all->text(4)),
            .expected = std::string(all->text(5))};
        verdicts_.emplace(id, std::make_shared<Verdict const>(std::move(verdict)));
    }
}

Result<VerdictRef> SegmentReader::verdict(std::uint32_t id) {
    auto found = verdicts_.find(id);
    if (found == verdicts_.end()) {
        if (auto done = refresh_verdicts(); !done)
            return std::unexpected(done.error());
        found = verdicts_.find(id);
    }
    return found == verdicts_.end() ? VerdictRef{} : found->second;
}

Result<std::map<std::uint32_t, DeliveryRecord>> SegmentReader::deliveries(std::int64_t seq) {
    std::map<std::uint32_t, DeliveryRecord> records;
    read_deliveries_.reset();
    read_deliveries_.bind(1, seq);
    for (;;) {
        auto const row = read_deliveries_.step();
        if (!row)
            return std::unexpected(row.error());
        if (!*row)
            break;
        auto const id = static_cast<std::uint32_t>(read_deliveries_.integer(0));
        records[id] = {
            .seq = seq,
            .verdict = id,
            .state = delivery_state_from(read_deliveries_.integer(1)),
            .attempts = decode_attempts(read_deliveries_.text(2))};
    }
    read_deliveries_.reset();
    return records;
}

Result<DeliveryCounts> SegmentReader::count_deliveries(StoredEvent const& event) {
    auto const records = deliveries(event.seq);
    if (!records)
        return std::unexpected(records.error());
    DeliveryCounts counts;
    for (VerdictRef const& verdict : event.verdicts) {
        if (!verdict->matched)
            continue;
        ++counts.matched;
        auto const found = records->find(verdict->id);
        DeliveryState const state =
            found == records->end() ? DeliveryState::pending : found->second.state;
        if (!is_settled(state))
            ++counts.pending;
        else if (state == DeliveryState::delivered)
            ++counts.delivered;
        else
            ++counts.failed;
    }
    return counts;
}

Result<std::int64_t> SegmentReader::received_ns(std::int64_t seq) {
    read_time_.reset();
    auto const row = read_time_.bind(1, seq).step();
    if (!row)
        return std::unexpected(row.error());
    std::int64_t const ns = *row ? read_time_.integer(0) : 0;
    read_time_.reset();
    return ns;
}

Result<std::int64_t> SegmentReader::first_at_or_after(SystemTime time, std::int64_t last) {
    std::int64_t low = info_.first_seq;
    std::int64_t high = last + 1;
    while (low < high) {
        std::int64_t const middle = low + (high - low) / 2;
        auto const at = received_ns(middle);
        if (!at)
            return at;
        if (*at < time.time_since_epoch().count())
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

Result<SegmentReader::Bounds> SegmentReader::bounds(SearchQuery const& query) {
    auto const last_stored = last_seq();
    if (!last_stored)
        return std::unexpected(last_stored.error());
    std::int64_t const last = *last_stored;
    Bounds bounds{.low = info_.first_seq, .high = std::min(last, query.before_seq - 1)};
    if (query.from) {
        auto const first = first_at_or_after(*query.from, last);
        if (!first)
            return std::unexpected(first.error());
        bounds.low = *first;
    }
    if (query.to) {
        auto const end = first_at_or_after(*query.to, last);
        if (!end)
            return std::unexpected(end.error());
        bounds.high = std::min(bounds.high, *end - 1);
    }
    return bounds;
}

Result<void> SegmentReader::add_row(StoredEvent event, HistoryPage& page) {
    auto const counts = count_deliveries(event);
    if (!counts)
        return std::unexpected(counts.error());
    page.rows.push_back(
        {.event = std::make_shared<StoredEvent const>(std::move(event)), .deliveries = *counts});
    return {};
}

Result<std::int64_t> SegmentReader::last_seq() {
    last_seq_.reset();
    auto const row = last_seq_.step();
    if (!row)
        return std::unexpected(row.error());
    std::int64_t const last = last_seq_.integer(0);
    last_seq_.reset();
    return last;
}

std::set<std::uint32_t> SegmentReader::matches_of(std::string const& trigger) const {
    std::set<std::uint32_t> ids;
    for (auto const& [id, verdict] : verdicts_)
        if (verdict->matched && verdict->trigger == trigger)
            ids.insert(id);
    return ids;
}

Result<void> SegmentReader::pending(PendingQuery const& query, PendingPage& page) {
    // In this order: every event up to `last` then has its verdicts known.
    auto const last = last_seq();
    if (!last)
        return std::unexpected(last.error());
    if (auto done = refresh_verdicts(); !done)
        return done;
    std::set<std::uint32_t> const matches = matches_of(query.trigger);
    if (matches.empty()) {
        page.examined_to = std::max(page.examined_to, *last);
        return {};
    }
    scan_up_.reset();
    scan_up_.bind(1, std::max(page.examined_to, info_.first_seq - 1)).bind(2, *last);
    while (page.items.size() < query.limit && page.examined < query.examined_max) {
        auto const row = scan_up_.step();
        if (!row)
            return std::unexpected(row.error());
        if (!*row)
            break;
        page.examined_to = scan_up_.integer(0);
        ++page.examined;
        for (std::uint32_t const id : decode_verdicts(scan_up_.text(2))) {
            if (!matches.contains(id))
                continue;
            auto item = unsettled(page.examined_to, id);
            if (!item)
                return std::unexpected(item.error());
            if (!*item)
                continue;
            (*item)->lane = static_cast<std::uint64_t>(scan_up_.integer(1));
            page.items.push_back(std::move(**item));
        }
    }
    scan_up_.reset();
    return {};
}

Result<std::optional<PendingDelivery>> SegmentReader::unsettled(
    std::int64_t seq, std::uint32_t verdict) {
    auto records = deliveries(seq);
    if (!records)
        return std::unexpected(records.error());
    PendingDelivery item{.seq = seq, .verdict = verdict};
    if (auto const found = records->find(verdict); found != records->end()) {
        if (is_settled(found->second.state))
            return std::nullopt;
        item.state = found->second.state;
        item.attempts = std::move(found->second.attempts);
    }
    return item;
}

}  // namespace millrace::broker
