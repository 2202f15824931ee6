// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.hpp"
#include "common/event/filter.hpp"

namespace millrace::broker {

/// What one trigger can say of an event, without the event's own value: few per trigger, so that an
/// event stores only their numbers (3 bytes a trigger instead of 150).
struct Verdict {
    std::uint32_t id = 0;
    std::string trigger;  ///< "namespace/name"
    bool matched = false;
    std::string clause;     ///< place in the filter; empty when matched or when not in force
    std::string attribute;  ///< the attribute looked at; empty when any/not look at several
    std::string expected;   ///< as in FilterMismatch, or why the trigger is not in force

    bool operator==(Verdict const&) const = default;
};
using VerdictRef = std::shared_ptr<Verdict const>;

/// The verdicts of one event, one per trigger of its broker, as stored with it.
std::string encode_verdicts(std::vector<VerdictRef> const& verdicts);
/// The ids; empty if the bytes are malformed.
std::vector<std::uint32_t> decode_verdicts(std::string_view bytes);

/// One sentence for a person; `actual` is the event's value of the attribute.
std::string describe(Verdict const& verdict, std::string_view actual);
/// "exact" of "filters/0/exact/type"; empty where there is no clause.
std::string dialect_of(std::string_view clause);

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
DeliveryState delivery_state_from(std::int64_t number);

inline constexpr std::size_t attempts_kept_max = 100;

std::string encode_attempts(std::vector<Attempt> const& attempts);
std::vector<Attempt> decode_attempts(std::string_view bytes);

}  // namespace millrace::broker
