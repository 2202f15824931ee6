// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/secret.hpp"
#include "simulator/datacentre/operations.hpp"
#include "simulator/datacentre/session_registry.hpp"
#include "simulator/datacentre/vrops.hpp"
#include "simulator/events/event_store.hpp"
#include "simulator/world/fault_plan.hpp"
#include "simulator/world/inventory.hpp"
#include "simulator/world/inventory_builder.hpp"
#include "simulator/world/schedule.hpp"
#include "simulator/world/task_registry.hpp"

namespace millrace::simulator {

struct SimulationOptions {
    InventoryOptions inventory;
    std::int32_t first_event_key = 7001;
    /// Pause between the steps of an operation; 0: everything at once.
    milliseconds operation_step{0};
    milliseconds session_idle = 30min;  ///< vCenter's default for API sessions
    std::string user_name = "administrator@vsphere.local";
    std::string vrops_user_name = "admin";
    Secret password;                         ///< of both users
    milliseconds vrops_token_validity = 6h;  ///< the product's default
};

/// The whole simulated site: vCenter's inventory, events, tasks and sessions, and vRealize
/// Operations' view of it. Pure: no sockets, no clock; every call says what time it is.
class Simulation {
public:
    Simulation(SimulationOptions options, SystemTime now);
    Simulation(Simulation const&) = delete;
    Simulation& operator=(Simulation const&) = delete;

    SimulationOptions const options;
    Inventory inventory;
    EventStore events;
    TaskRegistry tasks;
    Schedule schedule;
    Operations operations;
    SessionRegistry sessions;
    Vrops vrops;
    FaultPlan faults;
    std::uint64_t logins = 0;
    std::uint64_t failed_logins = 0;

    /// Runs what is due by `now`.
    void advance(SystemTime now);

    /// Checks the password and begins a session, with its event. Null: refused, with
    /// BadUsernameSessionEvent, or there are too many sessions.
    Session* login(LoginFacts facts, std::string_view password, SystemTime now);
    void logout(Session& session, SystemTime now);
    bool accepts(std::string_view user_name, std::string_view password) const;

    /// Carries out the faults that act at once.
    void strike(FaultKind kind);

    /// Changes whenever anything a client can see has changed.
    std::uint64_t generation() const {
        return inventory.generation + tasks.generation() + events.size() + strikes_;
    }

private:
    std::uint64_t strikes_ = 0;
};

}  // namespace millrace::simulator
