// SPDX-License-Identifier: Apache-2.0
#include "broker/history/segment_reader.hpp"

#include <algorithm>
#include <array>

#include "broker/log/segment_rows.hpp"
#include "common/base/log.hpp"

namespace millrace::broker {
namespace {

// Where the columns of a select stand.
enum Column : int {
    seq,
    routing_sum,
    text_sum,
    lane,
    asked,
    matches,
    received_ns,
    broker,
    ttl,
    type,
    source,
    id,
    subject,
    attributes,
    summary,
    data_sum,
    data,
};
constexpr std::string_view columns =
    "seq, routing_checksum, text_checksum, lane, asked, matches, received_ns, broker, ttl, type,"
    " source, id, subject, attributes, summary";

std::string select(std::string_view rest, bool with_data) {
    return "SELECT " + std::string(columns) + (with_data ? ", data_checksum, data" : "") +
           " FROM events " + std::string(rest);
}

std::string select_routing(std::string_view rest) {
    return "SELECT seq, routing_checksum, 0, lane, asked, matches FROM events " + std::string(rest);
}

/// Whether what became of the event is what is asked for.
bool outcome_fits(SearchQuery const& query, HistoryRecord const& record) {
    if (!query.asks_for_outcome())
        return true;
    DeliveryCounts counts;
    for (TriggerVersionRef const& match : record.event->matches)
        if (!query.triggers || query.triggers->contains(match->trigger))
            counts.add(record.state_of(match->trigger, match->id, query.in_force.get()));
    switch (query.outcome) {
        case EventOutcome::delivered:
            return counts.delivered > 0;
        case EventOutcome::failed:
            return counts.failed > 0;
        case EventOutcome::pending:
            return counts.pending > 0;
        case EventOutcome::unmatched:
            return counts.matched == 0;
        case EventOutcome::any:
            break;
    }
    return counts.matched > 0;
}

}  // namespace

DeliveryState HistoryRecord::state_of(
    std::string const& trigger, std::uint32_t version, TriggersInForce const* triggers) const {
    auto const found = deliveries.find(version);
    DeliveryState const state =
        found == deliveries.end() ? DeliveryState::pending : found->second.state;
    bool const is_given_up = !is_settled(state) && is_abandoned(triggers, trigger, event->seq);
    return is_given_up ? DeliveryState::failed : state;
}

DeliveryCounts HistoryRecord::counts(TriggersInForce const* triggers) const {
    DeliveryCounts counts;
    for (TriggerVersionRef const& match : event->matches)
        counts.add(state_of(match->trigger, match->id, triggers));
    return counts;
}

void LostEvents::add(std::int64_t first, std::int64_t last, std::string const& why) {
    if (count == 0) {
        first_seq = first;
        problem = why;
    }
    count += static_cast<std::size_t>(last - first + 1);
    last_seq = last;
}

Result<SegmentReader> SegmentReader::open(SegmentInfo const& info) {
    SegmentReader reader;
    reader.info_ = info;
    auto database = Database::open_to_read(info.file);
    if (!database)
        return std::unexpected(database.error());
    reader.database_ = std::move(*database);
    if (auto done = reader.prepare(); !done)
        return std::unexpected(done.error());
    auto versions = TriggerVersions::open(reader.database_);
    if (!versions)
        return std::unexpected(versions.error());
    reader.versions_ = std::move(*versions);
    return reader;
}

Result<void> SegmentReader::prepare() {
    std::array<Database::Wanted, 8> const wanted = {{
        {read_row_, select("WHERE seq=?", false)},
        {read_whole_, select("WHERE seq=?", true)},
        {read_deliveries_, "SELECT version, checksum, state, attempts FROM deliveries WHERE seq=?"},
        {read_time_, "SELECT received_ns FROM events WHERE seq=?"},
        {scan_down_, select("WHERE seq BETWEEN ? AND ? ORDER BY seq DESC", true)},
        {scan_up_, select_routing("WHERE seq>? AND seq<=? ORDER BY seq")},
        {read_routing_, select_routing("WHERE seq=?")},
        {last_seq_, "SELECT MAX(seq) FROM events"},
    }};
    return database_.prepare_all(wanted);
}

Error SegmentReader::damage(std::int64_t number) const {
    return {
        ErrorCode::damaged, "Event " + std::to_string(number) +
                                " cannot be read: " + info_.file.string() +
                                " is damaged. Put the file back from a copy, or go on without."};
}

Result<StoredEvent> SegmentReader::event_of(Statement const& row, Part part) const {
    TextColumns const text{
        .seq = row.integer(Column::seq),
        .received_ns = row.integer(Column::received_ns),
        .broker = row.text(Column::broker),
        .ttl = row.integer(Column::ttl),
        .type = row.text(Column::type),
        .source = row.text(Column::source),
        .id = row.text(Column::id),
        .subject = row.text(Column::subject),
        .attributes = row.text(Column::attributes),
        .summary = row.text(Column::summary)};
    if (text.checksum() != row.integer(Column::text_sum))
        return std::unexpected(damage(text.seq));
    StoredEvent event;
    event.seq = text.seq;
    event.received_at = SystemTime(nanoseconds(text.received_ns));
    event.broker = text.broker;
    event.ttl = static_cast<int>(text.ttl);
    event.lane = static_cast<std::uint64_t>(row.integer(Column::lane));
    event.event.type = text.type;
    event.event.source = text.source;
    event.event.id = text.id;
    event.event.subject = text.subject;
    decode_attributes(text.attributes, event);
    event.summary = text.summary;
    if (part == Part::row)
        return event;
    event.event.has_data = !row.is_null(Column::data);
    event.event.data = row.text(Column::data);
    std::int64_t const sum = data_checksum(event.seq, event.event.has_data, event.event.data);
    if (sum != row.integer(Column::data_sum))
        return std::unexpected(damage(event.seq));
    return event;
}

Result<void> SegmentReader::add_triggers(StoredEvent& event, Statement const& row, Part part) {
    auto const routing = routing_of(row);
    if (!routing)
        return std::unexpected(routing.error());
    for (std::uint32_t const match : routing->matches) {
        auto known = versions_->version(match);
        if (!known)
            return std::unexpected(known.error());
        event.matches.push_back(std::move(*known));
    }
    std::int64_t const number = row.integer(Column::asked);
    if (part == Part::row || number == 0)
        return {};
    auto set = versions_->set(static_cast<std::uint32_t>(number));
    if (!set)
        return std::unexpected(set.error());
    event.asked = std::move(*set);
    return {};
}

Result<std::optional<StoredEvent>> SegmentReader::read(std::int64_t number, Part part) {
    Statement& statement = part == Part::row ? read_row_ : read_whole_;
    statement.reset();
    auto const row = statement.bind(1, number).step();
    if (!row && row.error().code == ErrorCode::damaged)
        return std::unexpected(damage(number));
    if (!row)
        return std::unexpected(row.error());
    if (!*row)
        return std::nullopt;
    auto event = event_of(statement, part);
    if (event)
        if (auto done = add_triggers(*event, statement, part); !done)
            event = std::unexpected(done.error());
    statement.reset();
    if (!event)
        return std::unexpected(event.error());
    return std::move(*event);
}

Result<std::map<std::uint32_t, DeliveryRecord>> SegmentReader::deliveries(std::int64_t number) {
    std::map<std::uint32_t, DeliveryRecord> records;
    read_deliveries_.reset();
    read_deliveries_.bind(1, number);
    for (;;) {
        auto const row = read_deliveries_.step();
        if (!row)
            return std::unexpected(row.error());
        if (!*row)
            break;
        auto const version = static_cast<std::uint32_t>(read_deliveries_.integer(0));
        std::string_view const bytes = read_deliveries_.text(3);
        auto const state = delivery_state_from(read_deliveries_.integer(2));
        auto attempts = decode_attempts(bytes);
        std::int64_t const sum =
            delivery_checksum(number, version, read_deliveries_.integer(2), bytes);
        if (sum != read_deliveries_.integer(1) || !state || !attempts) {
            log::error(
                "What became of a delivery is damaged; it is made once more.",
                {{"file", info_.file.string()}, {"seq", number}});
            continue;
        }
        records[version] = {
            .seq = number, .version = version, .state = *state, .attempts = std::move(*attempts)};
    }
    read_deliveries_.reset();
    return records;
}

Result<HistoryRecord> SegmentReader::record(StoredEvent event) {
    auto records = deliveries(event.seq);
    if (!records)
        return std::unexpected(records.error());
    return HistoryRecord{
        .event = std::make_shared<StoredEvent const>(std::move(event)),
        .deliveries = std::move(*records)};
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

Result<void> SegmentReader::add_row(
    SearchQuery const& query, StoredEvent event, HistoryPage& page) {
    auto const whole = record(std::move(event));
    if (!whole)
        return std::unexpected(whole.error());
    if (outcome_fits(query, *whole))
        page.rows.push_back(
            {.event = whole->event, .deliveries = whole->counts(query.in_force.get())});
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

}  // namespace millrace::broker
