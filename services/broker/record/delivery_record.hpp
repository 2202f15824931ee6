// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.hpp"
#include "common/base/result.hpp"

namespace millrace::broker {

/// One try to deliver an event.
struct Attempt {
    SystemTime at;
    int status = 0;  ///< 0: no answer
    milliseconds took = 0ms;
    std::string error;  ///< empty when it worked

    bool operator==(Attempt const&) const = default;
};

/// Where a delivery stands. The numbers are stored.
enum class DeliveryState {
    pending = 0,  ///< not tried yet, or to be tried again
    delivered = 1,
    failed = 2,          ///< given up, and no dead letter sink took it
    dead_lettered = 3,   ///< the dead letter sink took it
    dead_lettering = 4,  ///< given up; the dead letter sink is still to take it
};
constexpr bool is_settled(DeliveryState state) {
    return state != DeliveryState::pending && state != DeliveryState::dead_lettering;
}
/// As the API has it; both unsettled states are "pending".
std::string_view to_string(DeliveryState state);
/// Errors: `damaged`.
Result<DeliveryState> delivery_state_from(std::int64_t number);

/// How the delivery of one event to one trigger stands.
struct DeliveryRecord {
    std::int64_t seq = 0;
    std::uint32_t version = 0;  ///< of the trigger that matched
    DeliveryState state = DeliveryState::pending;
    std::vector<Attempt> attempts;
};

inline constexpr std::size_t attempts_kept_max = 100;

/// The last `attempts_kept_max`.
std::string encode_attempts(std::vector<Attempt> const& attempts);
/// Errors: `damaged`.
Result<std::vector<Attempt>> decode_attempts(std::string_view bytes);

}  // namespace millrace::broker
