// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "router/checkpoint/delivery_window.hpp"

namespace millrace::router {

/// The bytes of a checkpoint file: two slots of equal size, written alternately, so that a torn
/// write leaves the other (fault F27). A slot is a snapshot and, behind it, a tail: the keys
/// delivered since, appended a few bytes at a time. After a kill -9 the newest valid snapshot and
/// its tail say exactly what was acknowledged; only events in flight are sent again.
///
/// Snapshot: magic "MRCP", version, generation, low water, counts, uuid, ranges, CRC-32C of it all.
/// Tail record: key, CRC-32C of (generation, index, key). Little-endian.
inline constexpr std::size_t checkpoint_slot_bytes = 128 * 1024;
inline constexpr std::size_t checkpoint_file_bytes = 2 * checkpoint_slot_bytes;
inline constexpr std::size_t checkpoint_ranges_max = 8'000;
inline constexpr std::size_t checkpoint_tail_record_bytes = 8;

/// The bytes of a snapshot, at most half a slot. More than 8,000 ranges: the oldest are left out,
/// which can only lead to duplicates.
std::string encode_snapshot(CheckpointState const& state, std::uint64_t generation);

/// One tail record; `index` counts from 0 within the snapshot's tail.
std::string encode_tail_record(std::uint64_t generation, std::uint32_t index, std::int32_t key);

struct LoadedCheckpoint {
    CheckpointState state;
    std::uint64_t generation = 0;
    std::size_t slot = 0;
};

/// Reads a whole file. Nothing if neither slot is valid. Any bytes are safe input.
std::optional<LoadedCheckpoint> decode_checkpoint(std::string_view file);

}  // namespace millrace::router
