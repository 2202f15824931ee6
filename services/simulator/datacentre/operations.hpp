// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "common/base/clock.hpp"
#include "simulator/datacentre/operation_request.hpp"
#include "simulator/events/event_catalog.hpp"
#include "simulator/events/event_store.hpp"
#include "simulator/world/inventory.hpp"
#include "simulator/world/schedule.hpp"
#include "simulator/world/task_registry.hpp"

namespace millrace::simulator {

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

    /// A suspended VM goes on, any other begins.
    std::string_view starting_event(Job const& job) const;

    /// The task ends; the object is free for the next operation.
    void finish(Job const& job, ManagedReference result, SystemTime now);
    void give_up(Job const& job, SoapFault fault, SystemTime now);

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

}  // namespace millrace::simulator
