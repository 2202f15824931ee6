// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace millrace::configurator {

/// Free bytes that the import of an archive of this size needs: for its content, and for both forms
/// of it while it is unpacked.
constexpr std::int64_t room_to_import(std::int64_t bytes) {
    return 3 * bytes;
}

/// Free bytes that have to be there before an archive of this size is taken: events and functions
/// need some meanwhile.
constexpr std::int64_t room_to_receive(std::int64_t bytes) {
    constexpr std::int64_t left = std::int64_t{1} << 30;
    return bytes + room_to_import(bytes) + left;
}

}  // namespace millrace::configurator
