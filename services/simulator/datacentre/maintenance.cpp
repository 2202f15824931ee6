// SPDX-License-Identifier: Apache-2.0
// The operations that move virtual machines: migration and a host's maintenance mode.
#include <algorithm>

#include "simulator/datacentre/operations.hpp"

namespace millrace::simulator {

std::string Operations::best_host_for(std::string_view vm) const {
    auto const found = world_.inventory.virtual_machines.find(vm);
    if (found == world_.inventory.virtual_machines.end())
        return {};
    auto const own = world_.inventory.hosts.find(found->second.host);
    if (own == world_.inventory.hosts.end())
        return {};
    std::string best;
    std::size_t fewest = SIZE_MAX;
    for (auto const& id : world_.inventory.hosts_of_cluster(own->second.cluster)) {
        auto const& host = world_.inventory.hosts.at(id);
        if (id == own->first || host.maintenance != Maintenance::none)
            continue;
        auto const load = world_.inventory.vms_of_host(id).size();
        if (load < fewest)
            best = id;
        fewest = std::min(fewest, load);
    }
    return best;
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
        work.request.host = best_host_for(job.request.target);
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
    auto const to = best_host_for(*next);
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
