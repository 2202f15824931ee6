// SPDX-License-Identifier: Apache-2.0
#include "simulator/events/event_draft.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace millrace::simulator {
namespace {

/// Class and base, from the vSphere API's type hierarchy: what the simulator emits and what tests
/// post often. Sorted.
constexpr std::array<std::pair<std::string_view, std::string_view>, 54> bases = {{
    {"AlarmAcknowledgedEvent", "AlarmEvent"},
    {"AlarmActionTriggeredEvent", "AlarmEvent"},
    {"AlarmStatusChangedEvent", "AlarmEvent"},
    {"BadUsernameSessionEvent", "SessionEvent"},
    {"CanceledHostOperationEvent", "HostEvent"},
    {"DatastorePrincipalConfigured", "HostEvent"},
    {"DrsEnteredStandbyModeEvent", "EnteredStandbyModeEvent"},
    {"DrsRuleComplianceEvent", "VmEvent"},
    {"DrsRuleViolationEvent", "VmEvent"},
    {"DrsSoftRuleViolationEvent", "VmEvent"},
    {"DrsVmMigratedEvent", "VmMigratedEvent"},
    {"DrsVmPoweredOnEvent", "VmPoweredOnEvent"},
    {"EnteredMaintenanceModeEvent", "HostEvent"},
    {"EnteredStandbyModeEvent", "HostEvent"},
    {"EnteringMaintenanceModeEvent", "HostEvent"},
    {"ExitMaintenanceModeEvent", "HostEvent"},
    {"ExtendedEvent", "GeneralEvent"},
    {"GeneralHostErrorEvent", "GeneralEvent"},
    {"GeneralHostInfoEvent", "GeneralEvent"},
    {"GeneralHostWarningEvent", "GeneralEvent"},
    {"GeneralUserEvent", "GeneralEvent"},
    {"GeneralVmErrorEvent", "GeneralEvent"},
    {"GeneralVmInfoEvent", "GeneralEvent"},
    {"GeneralVmWarningEvent", "GeneralEvent"},
    {"HostConnectedEvent", "HostEvent"},
    {"HostConnectionLostEvent", "HostEvent"},
    {"HostDisconnectedEvent", "HostEvent"},
    {"HostShutdownEvent", "HostEvent"},
    {"UserLoginSessionEvent", "SessionEvent"},
    {"UserLogoutSessionEvent", "SessionEvent"},
    {"VmBeingHotMigratedEvent", "VmEvent"},
    {"VmBeingMigratedEvent", "VmEvent"},
    {"VmBeingRelocatedEvent", "VmRelocateSpecEvent"},
    {"VmConnectedEvent", "VmEvent"},
    {"VmCreatedEvent", "VmEvent"},
    {"VmDisconnectedEvent", "VmEvent"},
    {"VmEmigratingEvent", "VmEvent"},
    {"VmGuestRebootEvent", "VmEvent"},
    {"VmGuestShutdownEvent", "VmEvent"},
    {"VmMessageEvent", "VmEvent"},
    {"VmMigratedEvent", "VmEvent"},
    {"VmPoweredOffEvent", "VmEvent"},
    {"VmPoweredOnEvent", "VmEvent"},
    {"VmReconfiguredEvent", "VmEvent"},
    {"VmRelocateSpecEvent", "VmEvent"},
    {"VmRelocatedEvent", "VmRelocateSpecEvent"},
    {"VmRemovedEvent", "VmEvent"},
    {"VmRenamedEvent", "VmEvent"},
    {"VmResettingEvent", "VmEvent"},
    {"VmResumingEvent", "VmEvent"},
    {"VmStartingEvent", "VmEvent"},
    {"VmStoppingEvent", "VmEvent"},
    {"VmSuspendedEvent", "VmEvent"},
    {"VmSuspendingEvent", "VmEvent"},
}};
static_assert(std::ranges::is_sorted(bases));

}  // namespace

std::string_view event_base_class(std::string_view class_name) {
    auto const found =
        std::ranges::lower_bound(bases, class_name, {}, [](auto& row) { return row.first; });
    return found != bases.end() && found->first == class_name ? found->second : "Event";
}

bool is_event_class(std::string_view class_name, std::string_view base) {
    if (base == "Event")
        return true;
    while (class_name != "Event") {
        if (class_name == base)
            return true;
        class_name = event_base_class(class_name);
    }
    return false;
}

}  // namespace millrace::simulator
