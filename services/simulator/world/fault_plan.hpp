// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.hpp"

namespace millrace::simulator {

enum class FaultKind {
    session_kill,            ///< at once: every session ends
    collector_gone,          ///< at once: every history collector is deleted (fault F7)
    silent_collector,        ///< at once: existing collectors answer empty pages for ever (F9)
    not_authenticated_next,  ///< the next calls get NotAuthenticated (F6)
    soap_unavailable,        ///< /sdk answers 503 (F8)
    slow_replies,            ///< each /sdk answer waits
    bad_xml,                 ///< pages of events are broken (F36); `mode` says how
    wrong_password,          ///< every login is refused (F13)
    vrops_unavailable,       ///< /suite-api answers 503
    connection_reset,        ///< the connection closes in the middle of an answer
    foreign_cookie,          ///< a load balancer sets a cookie of its own before vCenter's
};
inline constexpr std::int32_t broken_event_divisor = 7;
std::string_view to_string(FaultKind kind);
std::optional<FaultKind> parse_fault_kind(std::string_view word);

/// A fault in force until its count or its time runs out; without either until it is removed.
struct PlannedFault {
    FaultKind kind = FaultKind::session_kill;
    std::optional<std::uint64_t> remaining;
    std::optional<SystemTime> until;
    milliseconds delay{0};  ///< slow_replies
    /// bad_xml: truncated | illegalCharacter | html | unknownClass | latin1 | brokenEvents (those
    /// whose key can be divided by broken_event_divisor, each time they are read)
    std::string mode;
};

/// The faults injected by tests. Pure.
class FaultPlan {
public:
    void add(PlannedFault fault);
    void clear() { faults_.clear(); }
    /// Whether a fault of that kind strikes now; counts it off.
    std::optional<PlannedFault> take(FaultKind kind, SystemTime now);
    std::vector<PlannedFault> const& active(SystemTime now);
    std::uint64_t struck() const { return struck_; }

private:
    void drop_ended(SystemTime now);

    std::vector<PlannedFault> faults_;
    std::uint64_t struck_ = 0;
};

}  // namespace millrace::simulator
