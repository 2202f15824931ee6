// SPDX-License-Identifier: Apache-2.0
#include "broker/record/trigger_set.hpp"

#include <algorithm>

#include "broker/disk/byte_codec.hpp"

namespace millrace::broker {

bool is_same_object(std::string_view uid, std::string_view other) {
    return uid.empty() || other.empty() || uid == other;
}

std::string encode_ids(std::vector<TriggerVersionRef> const& versions) {
    std::vector<std::uint32_t> ids;
    ids.reserve(versions.size());
    for (TriggerVersionRef const& version : versions)
        ids.push_back(version->id);
    std::ranges::sort(ids);
    std::string bytes;
    std::uint32_t before = 0;
    for (std::uint32_t const id : ids) {
        append_varint(bytes, id - before);
        before = id;
    }
    return bytes;
}

Result<std::vector<std::uint32_t>> decode_ids(std::string_view bytes) {
    std::vector<std::uint32_t> ids;
    ByteReader reader(bytes);
    std::uint64_t id = 0;
    while (!reader.at_end()) {
        id += reader.varint();
        if (!reader.ok() || id > UINT32_MAX)
            return failure(ErrorCode::damaged, "A list of Triggers is damaged.");
        ids.push_back(static_cast<std::uint32_t>(id));
    }
    return ids;
}

}  // namespace millrace::broker
