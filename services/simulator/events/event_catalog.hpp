// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/clock.hpp"
#include "simulator/events/event_draft.hpp"
#include "simulator/world/inventory.hpp"
#include "simulator/world/task_registry.hpp"

namespace millrace::simulator {

/// Who did it and as part of which operation.
struct Cause {
    std::string user_name;
    std::int32_t chain = 0;  ///< 0: the event begins a chain of its own
};

/// The facts of a login, for its two events.
struct LoginFacts {
    std::string user_name;
    std::string address;
    std::string user_agent;
    std::string session_key;
    SystemTime login_time;
    std::uint64_t call_count = 0;
};

enum class AlarmColor { gray, green, yellow, red };

/// Makes drafts with vCenter's class names, fields and message texts
/// (EventManager.description.eventInfo.fullFormat of vCenter 7 and 8). Pure.
class EventCatalog {
public:
    /// `inventory` outlives this.
    explicit EventCatalog(Inventory const& inventory) : inventory_(inventory) {}

    EventContext context_of_vm(std::string_view vm) const;
    EventContext context_of_host(std::string_view host) const;

    /// Events of a VM that have no fields beyond VmEvent's: VmStartingEvent, VmPoweredOnEvent,
    /// VmStoppingEvent, VmPoweredOffEvent, VmResettingEvent, VmSuspendingEvent, VmSuspendedEvent,
    /// VmResumingEvent, VmGuestShutdownEvent, VmGuestRebootEvent, VmReconfiguredEvent.
    EventDraft vm(std::string_view class_name, std::string_view vm, Cause const& cause) const;
    /// Before the VM has moved: VmBeingHotMigratedEvent while it runs, else VmBeingMigratedEvent.
    EventDraft vm_being_migrated(
        std::string_view vm, std::string_view to_host, Cause const& cause) const;
    /// VmMigratedEvent or DrsVmMigratedEvent, after the VM has moved.
    EventDraft vm_migrated(
        std::string_view class_name, std::string_view vm, std::string_view from_host,
        Cause const& cause) const;
    EventDraft vm_renamed(
        std::string_view vm, std::string_view old_name, std::string_view new_name,
        Cause const& cause) const;
    /// EnteringMaintenanceModeEvent, EnteredMaintenanceModeEvent, ExitMaintenanceModeEvent,
    /// CanceledHostOperationEvent.
    EventDraft host(std::string_view class_name, std::string_view host, Cause const& cause) const;
    EventDraft task(TaskRecord const& task) const;
    EventDraft login(LoginFacts const& facts) const;
    EventDraft logout(LoginFacts const& facts) const;
    EventDraft bad_login(std::string_view user_name, std::string_view address) const;
    EventDraft alarm(
        std::string_view alarm_name, std::string_view entity, AlarmColor from, AlarmColor to) const;
    /// GeneralUserEvent, from LogUserEvent.
    EventDraft user_message(
        ManagedReference const& entity, std::string_view message, Cause const& cause) const;

private:
    EventContext context_of(std::string_view id) const;
    Inventory const& inventory_;
};

}  // namespace millrace::simulator
