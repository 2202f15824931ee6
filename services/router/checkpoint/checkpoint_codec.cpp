// SPDX-License-Identifier: Apache-2.0
#include "router/checkpoint/checkpoint_codec.hpp"

#include <algorithm>
#include <cstring>

#include "common/base/encoding.hpp"

namespace millrace::router {
namespace {

constexpr std::uint32_t magic = 0x5043524d;  // "MRCP"
constexpr std::uint32_t version = 1;
constexpr std::size_t uuid_bytes_max = 64;

template <class T>
void put(std::string& to, T value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    to.append(bytes, sizeof bytes);
}

template <class T>
bool take(std::string_view& from, T& value) {
    if (from.size() < sizeof value)
        return false;
    std::memcpy(&value, from.data(), sizeof value);
    from.remove_prefix(sizeof value);
    return true;
}

struct Snapshot {
    CheckpointState state;
    std::uint64_t generation = 0;
    std::size_t bytes = 0;
};

std::optional<Snapshot> decode_snapshot(std::string_view slot) {
    Snapshot snapshot;
    std::string_view rest = slot;
    std::uint32_t found_magic = 0;
    std::uint32_t found_version = 0;
    std::int64_t low_water_ns = 0;
    std::uint32_t range_count = 0;
    std::uint32_t uuid_bytes = 0;
    bool const has_header = take(rest, found_magic) && take(rest, found_version) &&
                            take(rest, snapshot.generation) && take(rest, low_water_ns) &&
                            take(rest, range_count) && take(rest, uuid_bytes);
    bool const plausible = has_header && found_magic == magic && found_version == version &&
                           range_count <= checkpoint_ranges_max && uuid_bytes <= uuid_bytes_max &&
                           rest.size() >= uuid_bytes + 8UL * range_count + 4;
    if (!plausible)
        return std::nullopt;
    snapshot.state.instance_uuid = std::string(rest.substr(0, uuid_bytes));
    rest.remove_prefix(uuid_bytes);
    snapshot.state.low_water = SystemTime(nanoseconds(low_water_ns));
    for (std::uint32_t i = 0; i < range_count; ++i) {
        KeyRanges::Range range{};
        take(rest, range.first);
        take(rest, range.last);
        if (range.first <= range.last)
            snapshot.state.delivered.insert(range);
    }
    std::size_t const covered = slot.size() - rest.size();
    std::uint32_t checksum = 0;
    take(rest, checksum);
    if (checksum != crc32c(slot.substr(0, covered)))
        return std::nullopt;
    snapshot.bytes = covered + sizeof checksum;
    return snapshot;
}

void apply_tail(Snapshot& snapshot, std::string_view tail) {
    std::uint32_t index = 0;
    while (tail.size() >= checkpoint_tail_record_bytes) {
        std::int32_t key = 0;
        std::memcpy(&key, tail.data(), sizeof key);
        std::string const expected = encode_tail_record(snapshot.generation, index, key);
        if (tail.substr(0, checkpoint_tail_record_bytes) != expected)
            return;
        snapshot.state.delivered.insert(key);
        tail.remove_prefix(checkpoint_tail_record_bytes);
        ++index;
    }
}

}  // namespace

std::string encode_snapshot(CheckpointState const& state, std::uint64_t generation) {
    auto ranges = state.delivered.ranges();
    // Keys ascend with time: the front is the oldest.
    if (ranges.size() > checkpoint_ranges_max)
        ranges.erase(ranges.begin(), ranges.end() - checkpoint_ranges_max);
    std::string const uuid = state.instance_uuid.substr(0, uuid_bytes_max);
    std::string bytes;
    put(bytes, magic);
    put(bytes, version);
    put(bytes, generation);
    put(bytes, static_cast<std::int64_t>(state.low_water.time_since_epoch().count()));
    put(bytes, static_cast<std::uint32_t>(ranges.size()));
    put(bytes, static_cast<std::uint32_t>(uuid.size()));
    bytes += uuid;
    for (auto const& range : ranges) {
        put(bytes, range.first);
        put(bytes, range.last);
    }
    put(bytes, crc32c(bytes));
    return bytes;
}

std::string encode_tail_record(std::uint64_t generation, std::uint32_t index, std::int32_t key) {
    std::string sealed;
    put(sealed, generation);
    put(sealed, index);
    put(sealed, key);
    std::string record;
    put(record, key);
    put(record, crc32c(sealed));
    return record;
}

std::optional<LoadedCheckpoint> decode_checkpoint(std::string_view file) {
    std::optional<LoadedCheckpoint> newest;
    for (std::size_t slot = 0; slot < 2; ++slot) {
        std::size_t const begin = slot * checkpoint_slot_bytes;
        if (begin >= file.size())
            break;
        std::string_view const bytes = file.substr(begin, checkpoint_slot_bytes);
        auto snapshot = decode_snapshot(bytes);
        if (!snapshot || (newest && newest->generation >= snapshot->generation))
            continue;
        apply_tail(*snapshot, bytes.substr(snapshot->bytes));
        newest = LoadedCheckpoint{std::move(snapshot->state), snapshot->generation, slot};
    }
    return newest;
}

}  // namespace millrace::router
