// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <unordered_set>
#include <vector>

#include "broker/disk/database.hpp"
#include "broker/log/segment_list.hpp"
#include "broker/record/delivery_record.hpp"
#include "broker/record/stored_event.hpp"

namespace millrace::broker {

/// A segment as the writer uses it. Every row carries checksums (log/segment_rows.hpp).
class Segment {
public:
    enum class Open {
        create,    ///< a new file; one that is there is opened
        existing,  ///< an empty or missing file is damage
    };
    /// Errors: `damaged` (no segment, or none of this number), `storage`; both name the file.
    static Result<Segment> open(SegmentInfo info, Database::Sync sync, Open how);

    SegmentInfo const& info() const { return info_; }
    /// One below first_seq when empty.
    std::int64_t last_seq() const { return last_seq_; }
    SystemTime last_received_at() const { return last_received_at_; }
    std::uint32_t version_id_max() const { return version_id_max_; }
    std::uint32_t set_id_max() const { return set_id_max_; }

    Result<void> begin();
    /// On failure everything since begin() is undone.
    Result<void> commit();
    void roll_back();
    /// Pre: begun; `event.seq` follows last_seq().
    Result<void> insert(StoredEvent const& event);
    Result<void> put_delivery(DeliveryRecord const& record);
    /// Moves all of the write-ahead log into the file, synced, and begins it anew. What a process
    /// before left there may never have been synced, or not well: nothing that is promised may
    /// stand behind it. Errors: `storage`, `damaged`.
    Result<void> move_write_ahead_log();
    /// The same, and notes when the segment ended. What is not possible now happens later.
    void close(nanoseconds age);

private:
    Result<void> prepare();
    Result<void> read_meta();
    Result<void> read_ends();
    Result<void> write_set(TriggerSet const& set);

    SegmentInfo info_;
    std::int64_t last_seq_ = 0;
    SystemTime last_received_at_;
    std::uint32_t version_id_max_ = 0;
    std::uint32_t set_id_max_ = 0;
    /// What stands in the file, so that each is written once; taken back with a transaction.
    std::unordered_set<std::uint32_t> versions_written_;
    std::unordered_set<std::uint32_t> sets_written_;
    std::vector<std::uint32_t> versions_of_transaction_;
    std::vector<std::uint32_t> sets_of_transaction_;
    std::int64_t last_seq_committed_ = 0;
    Database database_;
    Statement insert_event_;
    Statement insert_version_;
    Statement insert_set_;
    Statement put_delivery_;
    Statement put_meta_;
    Statement begin_;
    Statement commit_;
};

}  // namespace millrace::broker
