// SPDX-License-Identifier: Apache-2.0
#include "simulator/datacentre/operations.hpp"

#include <algorithm>
#include <array>

namespace millrace::simulator {
namespace {

struct Naming {
    OperationKind kind;
    std::string_view word;
    std::string_view method;
    std::string_view description_id;
};

constexpr std::array<Naming, 12> namings = {{
    {OperationKind::power_on, "powerOn", "PowerOnVM_Task", "VirtualMachine.powerOn"},
    {OperationKind::power_off, "powerOff", "PowerOffVM_Task", "VirtualMachine.powerOff"},
    {OperationKind::reset, "reset", "ResetVM_Task", "VirtualMachine.reset"},
    {OperationKind::suspend, "suspend", "SuspendVM_Task", "VirtualMachine.suspend"},
    {OperationKind::migrate, "migrate", "MigrateVM_Task", "VirtualMachine.migrate"},
    {OperationKind::drs_migrate, "drsMigrate", "MigrateVM_Task", "VirtualMachine.migrate"},
    {OperationKind::create_snapshot, "snapshot", "CreateSnapshot_Task",
     "VirtualMachine.createSnapshot"},
    {OperationKind::remove_snapshot, "removeSnapshot", "RemoveSnapshot_Task", "vm.Snapshot.remove"},
    {OperationKind::rename, "rename", "Rename_Task", "ManagedEntity.rename"},
    {OperationKind::reconfigure, "reconfigure", "ReconfigVM_Task", "VirtualMachine.reconfigure"},
    {OperationKind::enter_maintenance, "enterMaintenance", "EnterMaintenanceMode_Task",
     "HostSystem.enterMaintenanceMode"},
    {OperationKind::exit_maintenance, "exitMaintenance", "ExitMaintenanceMode_Task",
     "HostSystem.exitMaintenanceMode"},
}};

Naming const& naming_of(OperationKind kind) {
    return *std::ranges::find(namings, kind, &Naming::kind);
}

bool is_host_operation(OperationKind kind) {
    return kind == OperationKind::enter_maintenance || kind == OperationKind::exit_maintenance;
}

/// The VM a snapshot belongs to: "snapshot-12" is looked for in all.
std::string owner_of_snapshot(Inventory const& inventory, std::string_view snapshot) {
    for (auto const& [id, vm] : inventory.virtual_machines) {
        auto const has = [&](Snapshot const& one) { return one.reference.value == snapshot; };
        if (std::ranges::any_of(vm.snapshots, has))
            return id;
    }
    return {};
}

std::unexpected<Error> no_such(std::string_view what, std::string_view id) {
    return failure(
        ErrorCode::not_found, "There is no " + std::string(what) + " \"" + std::string(id) + "\".");
}

SoapFault fault_for(Error const& error, OperationKind kind) {
    return {is_host_operation(kind) ? "InvalidState" : "InvalidPowerState", error.detail};
}

}  // namespace

std::optional<OperationKind> parse_operation(std::string_view word) {
    auto const found = std::ranges::find(namings, word, &Naming::word);
    if (found == namings.end())
        return std::nullopt;
    return found->kind;
}

Operations::Operations(World world, milliseconds step_delay)
    : world_(world),
      step_delay_(step_delay),
      catalog_(world.inventory) {}

std::string Operations::object_of(OperationRequest const& request) const {
    return request.kind == OperationKind::remove_snapshot
               ? owner_of_snapshot(world_.inventory, request.target)
               : request.target;
}

Result<void> Operations::check(OperationRequest const& request) const {
    auto const about = object_of(request);
    if (busy_.contains(about)) {
        return failure(
            ErrorCode::conflict,
            world_.inventory.name_of(about) + ": another operation is in progress.");
    }
    if (is_host_operation(request.kind))
        return check_host(request);
    if (request.kind == OperationKind::rename) {
        if (!world_.inventory.find(request.target))
            return no_such("object", request.target);
        return {};
    }
    return check_vm(request);
}

Result<void> Operations::check_vm(OperationRequest const& request) const {
    auto const id = object_of(request);
    auto const* vm = world_.inventory.find_vm(id);
    if (!vm)
        return no_such("virtual machine or snapshot", request.target);
    auto const conflict = [&](std::string reason) {
        return failure(
            ErrorCode::conflict, world_.inventory.name_of(id) + " is " +
                                     std::string(to_string(vm->power)) + ": " + std::move(reason));
    };
    bool const on = vm->power == PowerState::on;
    switch (request.kind) {
        case OperationKind::power_on:
            if (on)
                return conflict("it runs already.");
            break;
        case OperationKind::power_off:
            if (vm->power == PowerState::off)
                return conflict("it does not run.");
            break;
        case OperationKind::reset:
        case OperationKind::suspend:
            if (!on)
                return conflict("only a running virtual machine can do this.");
            break;
        case OperationKind::migrate:
        case OperationKind::drs_migrate: {
            auto const to = request.host.empty() ? best_host_for(id) : request.host;
            auto const* host = world_.inventory.find_host(to);
            if (!request.host.empty() && !host)
                return no_such("host", request.host);
            if (!host || to == vm->host)
                return conflict("there is no other host to take it.");
            if (host->maintenance != Maintenance::none) {
                return conflict("the target host is in maintenance mode.");
            }
            break;
        }
        default:
            break;
    }
    return {};
}

Result<void> Operations::check_host(OperationRequest const& request) const {
    auto const* host = world_.inventory.find_host(request.target);
    if (!host)
        return no_such("host", request.target);
    bool const enter = request.kind == OperationKind::enter_maintenance;
    auto const wanted = enter ? Maintenance::none : Maintenance::in;
    if (host->maintenance != wanted) {
        return failure(
            ErrorCode::conflict, world_.inventory.name_of(request.target) +
                                     " cannot do this: its maintenance state is \"" +
                                     std::string(to_string(host->maintenance)) + "\".");
    }
    if (!enter)
        return {};
    for (auto const& id : world_.inventory.vms_of_host(request.target)) {
        bool const on = world_.inventory.find_vm(id)->power != PowerState::off;
        if (on && best_host_for(id).empty()) {
            return failure(
                ErrorCode::conflict,
                "No other host of the cluster can take " + world_.inventory.name_of(id) + ".");
        }
    }
    return {};
}

Result<std::string> Operations::start(OperationRequest const& request, SystemTime now) {
    auto const allowed = check(request);
    if (!allowed && allowed.error().code == ErrorCode::not_found) {
        return std::unexpected(allowed.error());
    }
    auto const& naming = naming_of(request.kind);
    Job job{request, {}, {request.user_name, 0}, object_of(request)};
    TaskRecord record;
    record.method = naming.method;
    record.description_id = naming.description_id;
    record.entity = world_.inventory.named(job.about);
    record.user_name = request.user_name;
    record.queued = now;
    auto& task = world_.tasks.begin(std::move(record));
    job.task = task.id;
    task.chain = world_.events.append(catalog_.task(task), now);
    job.cause.chain = task.chain;
    if (!allowed) {
        bool const busy = busy_.contains(job.about);
        auto fault = busy ? SoapFault{"TaskInProgress", allowed.error().detail, {}}
                          : fault_for(allowed.error(), request.kind);
        world_.tasks.fail(job.task, std::move(fault), now);
    } else {
        busy_.insert(job.about);
        run(job, now);
    }
    return job.task;
}

void Operations::run(Job const& job, SystemTime now) {
    switch (job.request.kind) {
        case OperationKind::power_on:
            emit(catalog_.vm("VmStartingEvent", job.request.target, job.cause), now);
            return later(&Operations::run_power, job, now);
        case OperationKind::power_off:
            emit(catalog_.vm("VmStoppingEvent", job.request.target, job.cause), now);
            return later(&Operations::run_power, job, now);
        case OperationKind::suspend:
            emit(catalog_.vm("VmSuspendingEvent", job.request.target, job.cause), now);
            return later(&Operations::run_suspend, job, now);
        case OperationKind::reset:
        case OperationKind::reconfigure:
            return later(&Operations::run_power, job, now);
        case OperationKind::migrate:
        case OperationKind::drs_migrate:
            return begin_migration(job, now);
        case OperationKind::create_snapshot:
            return later(&Operations::run_snapshot, job, now);
        case OperationKind::remove_snapshot:
            return later(&Operations::run_remove_snapshot, job, now);
        case OperationKind::rename:
            return run_rename(job, now);
        case OperationKind::enter_maintenance:
            return enter_maintenance(job, now);
        case OperationKind::exit_maintenance:
            world_.inventory.find_host(job.request.target)->maintenance = Maintenance::exiting;
            ++world_.inventory.generation;
            return later(&Operations::exit_maintenance, job, now);
    }
}

void Operations::finish(Job const& job, ManagedReference result, SystemTime now) {
    busy_.erase(job.about);
    world_.tasks.succeed(job.task, std::move(result), now);
}

void Operations::give_up(Job const& job, SoapFault fault, SystemTime now) {
    busy_.erase(job.about);
    world_.tasks.fail(job.task, std::move(fault), now);
}

void Operations::later(void (Operations::*step)(Job const&, SystemTime), Job job, SystemTime now) {
    if (step_delay_ == 0ms)
        return (this->*step)(job, now);
    world_.schedule.at(now + step_delay_, [this, step, work = std::move(job)](SystemTime when) {
        (this->*step)(work, when);
    });
}

void Operations::set_power(Job const& job, PowerState state) {
    auto* vm = world_.inventory.find_vm(job.request.target);
    if (!vm)
        return;
    vm->power = state;
    ++world_.inventory.generation;
}

void Operations::run_power(Job const& job, SystemTime now) {
    auto const& vm = job.request.target;
    switch (job.request.kind) {
        case OperationKind::power_on:
            set_power(job, PowerState::on);
            emit(catalog_.vm("VmPoweredOnEvent", vm, job.cause), now);
            break;
        case OperationKind::power_off:
            set_power(job, PowerState::off);
            emit(catalog_.vm("VmPoweredOffEvent", vm, job.cause), now);
            break;
        case OperationKind::reset:
            emit(catalog_.vm("VmResettingEvent", vm, job.cause), now);
            break;
        default:
            emit(catalog_.vm("VmReconfiguredEvent", vm, job.cause), now);
            break;
    }
    finish(job, {}, now);
}

void Operations::run_suspend(Job const& job, SystemTime now) {
    set_power(job, PowerState::suspended);
    emit(catalog_.vm("VmSuspendedEvent", job.request.target, job.cause), now);
    finish(job, {}, now);
}

void Operations::run_snapshot(Job const& job, SystemTime now) {
    auto* vm = world_.inventory.find_vm(job.request.target);
    if (!vm)
        return give_up(job, {"ManagedObjectNotFound", "The VM is gone."}, now);
    auto const number = next_snapshot_++;
    Snapshot snapshot;
    snapshot.reference = {"VirtualMachineSnapshot", "snapshot-" + std::to_string(1000 + number)};
    snapshot.id = number;
    snapshot.name = job.request.name;
    snapshot.description = job.request.description;
    snapshot.created = now;
    snapshot.power = vm->power;
    vm->snapshots.push_back(snapshot);
    ++world_.inventory.generation;
    finish(job, snapshot.reference, now);
}

void Operations::run_remove_snapshot(Job const& job, SystemTime now) {
    if (auto* vm = world_.inventory.find_vm(job.about)) {
        std::erase_if(vm->snapshots, [&](Snapshot const& one) {
            return one.reference.value == job.request.target;
        });
        ++world_.inventory.generation;
    }
    finish(job, {}, now);
}

void Operations::run_rename(Job const& job, SystemTime now) {
    auto& entity = world_.inventory.entities.at(job.request.target);
    auto const old_name = entity.name;
    entity.name = job.request.name;
    ++world_.inventory.generation;
    if (entity.type == "VirtualMachine") {
        emit(catalog_.vm_renamed(job.request.target, old_name, entity.name, job.cause), now);
    }
    finish(job, {}, now);
}

}  // namespace millrace::simulator
