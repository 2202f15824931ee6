// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker/disk/checksum.hpp"
#include "broker/disk/database.hpp"
#include "broker/record/delivery_record.hpp"
#include "broker/record/stored_event.hpp"

namespace millrace::broker {

// The columns of a segment's tables, for its writer and its readers, and the checksums over them:
// routing (who gets the event), texts (what lists show) and data, because they are read apart.

inline constexpr std::int64_t segment_format = 2;

// Wide columns stand last, so that a scan of the narrow ones does not touch overflow pages.
inline constexpr char const* segment_schema = R"(
CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS versions(
  id INTEGER PRIMARY KEY, checksum INTEGER, trigger TEXT, uid TEXT, filter TEXT, fault TEXT);
CREATE TABLE IF NOT EXISTS sets(id INTEGER PRIMARY KEY, checksum INTEGER, members BLOB);
CREATE TABLE IF NOT EXISTS events(
  seq INTEGER PRIMARY KEY, routing_checksum INTEGER, text_checksum INTEGER,
  data_checksum INTEGER, received_ns INTEGER, broker TEXT, ttl INTEGER, lane INTEGER,
  asked INTEGER, matches BLOB, type TEXT, source TEXT, id TEXT, subject TEXT, attributes BLOB,
  summary TEXT, data BLOB);
CREATE TABLE IF NOT EXISTS deliveries(
  seq INTEGER, version INTEGER, checksum INTEGER, state INTEGER, attempts BLOB,
  PRIMARY KEY(seq, version)) WITHOUT ROWID;
)";

/// Who an event is for.
struct RoutingColumns {
    std::int64_t seq = 0;
    std::int64_t lane = 0;
    std::int64_t asked = 0;  ///< number of the trigger set; 0: none was asked
    std::string_view matches;

    std::int64_t checksum() const {
        return Checksum().add(seq).add(lane).add(asked).add(matches).value();
    }
};

/// What lists show of an event.
struct TextColumns {
    std::int64_t seq = 0;
    std::int64_t received_ns = 0;
    std::string_view broker;
    std::int64_t ttl = 0;
    std::string_view type;
    std::string_view source;
    std::string_view id;
    std::string_view subject;
    std::string_view attributes;
    std::string_view summary;

    std::int64_t checksum() const {
        Checksum sum;
        sum.add(seq).add(received_ns).add(ttl);
        for (std::string_view const text : {broker, type, source, id, subject, attributes, summary})
            sum.add(text);
        return sum.value();
    }
};

inline std::int64_t data_checksum(std::int64_t seq, bool has_data, std::string_view data) {
    return Checksum().add(seq).add(std::int64_t{has_data}).add(data).value();
}

inline std::int64_t version_checksum(TriggerVersion const& version) {
    Checksum sum;
    sum.add(std::int64_t{version.id});
    for (std::string_view const text :
         {std::string_view(version.trigger), std::string_view(version.uid),
          std::string_view(version.filter), std::string_view(version.fault)})
        sum.add(text);
    return sum.value();
}

inline std::int64_t set_checksum(std::int64_t id, std::string_view members) {
    return Checksum().add(id).add(members).value();
}

inline std::int64_t delivery_checksum(
    std::int64_t seq, std::int64_t version, std::int64_t state, std::string_view attempts) {
    return Checksum().add(seq).add(version).add(state).add(attempts).value();
}

}  // namespace millrace::broker
