// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace millrace::broker {

/// Tells whether the columns of a row are those that were written: SQLite does not (a flipped bit
/// in a text is a text). Against damage, not against people. Eight bytes a step: half a
/// microsecond for an event of vCenter's.
class Checksum {
public:
    Checksum& add(std::string_view bytes) {
        add(static_cast<std::int64_t>(bytes.size()));
        while (bytes.size() >= sizeof(std::uint64_t)) {
            std::uint64_t word = 0;
            std::memcpy(&word, bytes.data(), sizeof word);
            mix(word);
            bytes.remove_prefix(sizeof word);
        }
        std::uint64_t rest = 0;
        if (!bytes.empty())
            std::memcpy(&rest, bytes.data(), bytes.size());
        mix(rest);
        return *this;
    }
    Checksum& add(std::int64_t number) {
        mix(static_cast<std::uint64_t>(number));
        return *this;
    }
    std::int64_t value() const { return static_cast<std::int64_t>(state_ ^ (state_ >> 29)); }

private:
    /// The multiplier of splitmix64's finalizer: each bit of a word reaches half of the state's.
    void mix(std::uint64_t word) {
        state_ = (state_ ^ word) * 0xbf58476d1ce4e5b9U;
        state_ ^= state_ >> 32;
    }

    std::uint64_t state_ = 0x9e3779b97f4a7c15U;
};

}  // namespace millrace::broker
