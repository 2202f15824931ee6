// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "broker/disk/database.hpp"
#include "broker/log/stored_event.hpp"

namespace millrace::broker {

/// One file of the log. Segments follow each other without gaps: a segment ends where the next
/// begins. Sequence numbers within one are contiguous.
struct SegmentInfo {
    std::uint32_t number = 0;
    std::int64_t first_seq = 1;
    std::filesystem::path file;        ///< events and deliveries
    std::filesystem::path index_file;  ///< the words of its events; can be made again at any time
    SystemTime last_received_at;       ///< of its newest event; not kept up for the newest segment
};
using SegmentList = std::vector<SegmentInfo>;

/// The segments there are, oldest first, as the writer last published them. Any thread.
class SegmentDirectory {
public:
    std::shared_ptr<SegmentList const> list() const;
    void publish(SegmentList list);

private:
    mutable std::mutex mutex_;
    std::shared_ptr<SegmentList const> list_ = std::make_shared<SegmentList const>();
};

/// `<folder>/000001.db` and `<folder>/000001.idx`.
SegmentInfo segment_info(std::filesystem::path const& folder, std::uint32_t number);

/// How the delivery of one event to one trigger stands.
struct DeliveryRecord {
    std::int64_t seq = 0;
    std::uint32_t verdict = 0;  ///< id of the verdict by which the trigger matched
    DeliveryState state = DeliveryState::pending;
    std::vector<Attempt> attempts;
};

/// A segment as the writer uses it.
class Segment {
public:
    /// Opens or creates it. Errors: `storage`, also for a file of another version.
    static Result<Segment> open(SegmentInfo info, Database::Sync sync);

    SegmentInfo const& info() const { return info_; }
    /// 0 when empty.
    std::int64_t last_seq() const { return last_seq_; }
    SystemTime last_received_at() const { return last_received_at_; }
    std::uint32_t verdict_id_max() const { return verdict_id_max_; }

    Result<void> begin();
    /// On failure everything since begin() is undone.
    Result<void> commit();
    void roll_back();
    /// Pre: begun; `event.seq` follows last_seq().
    Result<void> insert(StoredEvent const& event);
    Result<void> put_delivery(DeliveryRecord const& record);
    /// Moves the write-ahead log into the file. What is not possible now happens later.
    void checkpoint();

private:
    Result<void> prepare();
    Result<void> read_ends();
    Result<void> write_verdicts(StoredEvent const& event);

    SegmentInfo info_;
    std::int64_t last_seq_ = 0;
    SystemTime last_received_at_;
    std::uint32_t verdict_id_max_ = 0;
    std::unordered_set<std::uint32_t> verdicts_written_;
    std::vector<std::uint32_t> verdicts_of_transaction_;
    std::int64_t last_seq_committed_ = 0;
    Database database_;
    Statement insert_event_;
    Statement insert_verdict_;
    Statement put_delivery_;
    Statement begin_;
    Statement commit_;
};

}  // namespace millrace::broker
