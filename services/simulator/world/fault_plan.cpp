// SPDX-License-Identifier: Apache-2.0
#include "simulator/world/fault_plan.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace millrace::simulator {
namespace {

constexpr std::array<std::pair<FaultKind, std::string_view>, 11> words = {{
    {FaultKind::session_kill, "sessionKill"},
    {FaultKind::collector_gone, "collectorGone"},
    {FaultKind::silent_collector, "silentCollector"},
    {FaultKind::not_authenticated_next, "notAuthenticatedNext"},
    {FaultKind::soap_unavailable, "soapUnavailable"},
    {FaultKind::slow_replies, "slowReplies"},
    {FaultKind::bad_xml, "badXml"},
    {FaultKind::wrong_password, "wrongPassword"},
    {FaultKind::vrops_unavailable, "vropsUnavailable"},
    {FaultKind::connection_reset, "connectionReset"},
    {FaultKind::foreign_cookie, "foreignCookie"},
}};

}  // namespace

std::string_view to_string(FaultKind kind) {
    return words.at(static_cast<std::size_t>(kind)).second;
}

std::optional<FaultKind> parse_fault_kind(std::string_view word) {
    auto const found = std::ranges::find(words, word, [](auto const& row) { return row.second; });
    if (found == words.end())
        return std::nullopt;
    return found->first;
}

void FaultPlan::add(PlannedFault fault) {
    faults_.push_back(std::move(fault));
}

std::optional<PlannedFault> FaultPlan::take(FaultKind kind, SystemTime now) {
    if (faults_.empty())
        return std::nullopt;
    drop_ended(now);
    auto const found = std::ranges::find(faults_, kind, &PlannedFault::kind);
    if (found == faults_.end())
        return std::nullopt;
    ++struck_;
    auto fault = *found;
    if (found->remaining && --*found->remaining == 0)
        faults_.erase(found);
    return fault;
}

std::vector<PlannedFault> const& FaultPlan::active(SystemTime now) {
    drop_ended(now);
    return faults_;
}

void FaultPlan::drop_ended(SystemTime now) {
    std::erase_if(faults_, [&](PlannedFault const& fault) {
        return (fault.until && *fault.until <= now) || fault.remaining == 0U;
    });
}

}  // namespace millrace::simulator
