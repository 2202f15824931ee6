// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "common/base/clock.hpp"
#include "simulator/events/event_catalog.hpp"
#include "simulator/events/event_store.hpp"
#include "simulator/world/inventory.hpp"
#include "simulator/world/schedule.hpp"
#include "simulator/world/task_registry.hpp"

namespace millrace::simulator {

enum class OperationKind {
    power_on,
    power_off,
    reset,
    suspend,
    migrate,
    drs_migrate,
    create_snapshot,
    remove_snapshot,
    rename,
    reconfigure,
    enter_maintenance,
    exit_maintenance,
};

struct OperationRequest {
    OperationKind kind = OperationKind::power_on;
    std::string target;  ///< a VM, host, or snapshot identifier; for rename any entity
    std::string host;    ///< migrate: where to; empty: any other of the cluster
    std::string name;    ///< snapshot's or new name
    std::string description;
    std::string user_name;
};

/// What an administrator does, with the events a real vCenter makes of it, in its order: TaskEvent
/// first, the others in its chain. Pure: longer work is put into the schedule, one step each
/// `step_delay`; zero does all at once.
class Operations {
public:
    struct World {
        Inventory& inventory;
        EventStore& events;
        TaskRegistry& tasks;
        Schedule& schedule;
    };
    /// What `world` refers to outlives this.
    Operations(World world, milliseconds step_delay);

    /// Whether the state allows it now. Errors: `not_found`, `conflict` with the reason.
    Result<void> check(OperationRequest const& request) const;

    /// Begins it and returns the task; an operation that the state forbids gives a task that has
    /// failed, as vCenter does. Errors: `not_found` when there is no such target.
    Result<std::string> start(OperationRequest const& request, SystemTime now);

    /// A host of the VM's cluster that can take it, with the fewest VMs; empty: none.
    std::string best_host_for(std::string_view vm) const;

    EventCatalog const& catalog() const { return catalog_; }

private:
    /// One operation under way.
    struct Job {
        OperationRequest request;
        std::string task;
        Cause cause;
        std::string about;  ///< the object that is busy meanwhile
    };
    void run(Job const& job, SystemTime now);
    void run_power(Job const& job, SystemTime now);
    void run_suspend(Job const& job, SystemTime now);
    void begin_migration(Job const& job, SystemTime now);
    void finish_migration(Job const& job, SystemTime now);
    void run_snapshot(Job const& job, SystemTime now);
    void run_remove_snapshot(Job const& job, SystemTime now);
    void run_rename(Job const& job, SystemTime now);
    void enter_maintenance(Job const& job, SystemTime now);
    void evacuate(Job const& job, SystemTime now);
    void exit_maintenance(Job const& job, SystemTime now);

    /// The task ends; the object is free for the next operation.
    void finish(Job const& job, ManagedReference result, SystemTime now);
    void give_up(Job const& job, SoapFault fault, SystemTime now);

    /// What the operation is carried out on: the VM of a snapshot, else the target.
    std::string object_of(OperationRequest const& request) const;
    Result<void> check_vm(OperationRequest const& request) const;
    Result<void> check_host(OperationRequest const& request) const;
    void move(std::string_view vm, std::string const& to_host);
    void later(void (Operations::*step)(Job const&, SystemTime), Job job, SystemTime now);
    void emit(EventDraft const& draft, SystemTime now) { world_.events.append(draft, now); }
    void set_power(Job const& job, PowerState state);

    World world_;
    milliseconds step_delay_;
    EventCatalog catalog_;
    std::set<std::string, std::less<>> busy_;
    int next_snapshot_ = 1;
};

/// "powerOn" and so on, the control API's words; nothing for any other.
std::optional<OperationKind> parse_operation(std::string_view word);

}  // namespace millrace::simulator
