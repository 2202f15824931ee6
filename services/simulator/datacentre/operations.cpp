// SPDX-License-Identifier: Apache-2.0
#include "simulator/datacentre/operations.hpp"

#include <algorithm>

#include "simulator/datacentre/operation_rules.hpp"

namespace millrace::simulator {
namespace {

SoapFault fault_for(Error const& error, OperationKind kind) {
    if (kind == OperationKind::rename)
        return {"DuplicateName", error.detail, {}};
    bool const is_move = kind == OperationKind::migrate || kind == OperationKind::drs_migrate;
    bool const is_state = is_move || is_host_operation(kind);
    return {is_state ? "InvalidState" : "InvalidPowerState", error.detail, {}};
}

}  // namespace

Operations::Operations(World world, milliseconds step_delay)
    : world_(world),
      step_delay_(step_delay),
      catalog_(world.inventory) {}

Result<void> Operations::check(OperationRequest const& request) const {
    auto const about = object_of(world_.inventory, request);
    if (busy_.contains(about)) {
        return failure(
            ErrorCode::conflict,
            world_.inventory.name_of(about) + ": another operation is in progress.");
    }
    return check_state(world_.inventory, request);
}

Result<std::string> Operations::start(OperationRequest const& request, SystemTime now) {
    auto const allowed = check(request);
    if (!allowed && allowed.error().code == ErrorCode::not_found) {
        return std::unexpected(allowed.error());
    }
    auto const& naming = naming_of(request.kind);
    Job job{request, {}, {request.user_name, 0}, object_of(world_.inventory, request)};
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
            emit(catalog_.vm(starting_event(job), job.request.target, job.cause), now);
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

std::string_view Operations::starting_event(Job const& job) const {
    auto const* vm = world_.inventory.find_vm(job.request.target);
    bool const resumes = vm && vm->power == PowerState::suspended;
    return resumes ? "VmResumingEvent" : "VmStartingEvent";
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

void Operations::move(std::string_view vm, std::string const& to_host) {
    auto* moved = world_.inventory.find_vm(vm);
    if (!moved)
        return;
    moved->host = to_host;
    auto const& cluster = world_.inventory.hosts.at(to_host).cluster;
    moved->resource_pool = world_.inventory.clusters.at(cluster).resource_pool;
    ++world_.inventory.generation;
}

void Operations::begin_migration(Job const& job, SystemTime now) {
    auto work = job;
    if (work.request.host.empty())
        work.request.host = best_host_for(world_.inventory, job.request.target);
    emit(catalog_.vm_being_migrated(job.request.target, work.request.host, job.cause), now);
    later(&Operations::finish_migration, std::move(work), now);
}

void Operations::finish_migration(Job const& job, SystemTime now) {
    auto const* vm = world_.inventory.find_vm(job.request.target);
    if (!vm)
        return give_up(job, {"ManagedObjectNotFound", "The VM is gone."}, now);
    auto const from = vm->host;
    move(job.request.target, job.request.host);
    auto const* class_name =
        job.request.kind == OperationKind::drs_migrate ? "DrsVmMigratedEvent" : "VmMigratedEvent";
    emit(catalog_.vm_migrated(class_name, job.request.target, from, job.cause), now);
    finish(job, {}, now);
}

void Operations::enter_maintenance(Job const& job, SystemTime now) {
    world_.inventory.find_host(job.request.target)->maintenance = Maintenance::entering;
    ++world_.inventory.generation;
    emit(catalog_.host("EnteringMaintenanceModeEvent", job.request.target, job.cause), now);
    later(&Operations::evacuate, job, now);
}

/// Moves one virtual machine away and comes back for the next; when none is left, it is done.
void Operations::evacuate(Job const& job, SystemTime now) {
    auto const& host = job.request.target;
    auto const here = world_.inventory.vms_of_host(host);
    auto const runs = [&](std::string const& id) {
        return world_.inventory.find_vm(id)->power != PowerState::off;
    };
    auto const next = std::ranges::find_if(here, runs);
    if (next == here.end()) {
        world_.inventory.find_host(host)->maintenance = Maintenance::in;
        ++world_.inventory.generation;
        emit(catalog_.host("EnteredMaintenanceModeEvent", host, job.cause), now);
        return finish(job, {}, now);
    }
    auto const to = best_host_for(world_.inventory, *next);
    if (to.empty()) {
        world_.inventory.find_host(host)->maintenance = Maintenance::none;
        ++world_.inventory.generation;
        emit(catalog_.host("CanceledHostOperationEvent", host, job.cause), now);
        return give_up(job, {"InvalidState", "No other host can take the virtual machines."}, now);
    }
    move(*next, to);
    emit(catalog_.vm_migrated("DrsVmMigratedEvent", *next, host, job.cause), now);
    later(&Operations::evacuate, job, now);
}

void Operations::exit_maintenance(Job const& job, SystemTime now) {
    auto const& host = job.request.target;
    world_.inventory.find_host(host)->maintenance = Maintenance::none;
    ++world_.inventory.generation;
    emit(catalog_.host("ExitMaintenanceModeEvent", host, job.cause), now);
    finish(job, {}, now);
}

}  // namespace millrace::simulator
