// SPDX-License-Identifier: Apache-2.0
#include "simulator/datacentre/operation_rules.hpp"

#include <algorithm>

namespace millrace::simulator {
namespace {

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

Result<void> check_vm(Inventory const& inventory, OperationRequest const& request) {
    auto const id = object_of(inventory, request);
    auto const* vm = inventory.find_vm(id);
    if (!vm)
        return no_such("virtual machine or snapshot", request.target);
    auto const conflict = [&](std::string reason) {
        return failure(
            ErrorCode::conflict, inventory.name_of(id) + " is " +
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
            auto const to = request.host.empty() ? best_host_for(inventory, id) : request.host;
            auto const* host = inventory.find_host(to);
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

Result<void> check_host(Inventory const& inventory, OperationRequest const& request) {
    auto const* host = inventory.find_host(request.target);
    if (!host)
        return no_such("host", request.target);
    bool const enter = request.kind == OperationKind::enter_maintenance;
    auto const wanted = enter ? Maintenance::none : Maintenance::in;
    if (host->maintenance != wanted) {
        return failure(
            ErrorCode::conflict, inventory.name_of(request.target) +
                                     " cannot do this: its maintenance state is \"" +
                                     std::string(to_string(host->maintenance)) + "\".");
    }
    if (!enter)
        return {};
    for (auto const& id : inventory.vms_of_host(request.target)) {
        bool const on = inventory.find_vm(id)->power != PowerState::off;
        if (on && best_host_for(inventory, id).empty()) {
            return failure(
                ErrorCode::conflict,
                "No other host of the cluster can take " + inventory.name_of(id) + ".");
        }
    }
    return {};
}

/// A name is there once among what lies in one place.
Result<void> check_rename(Inventory const& inventory, OperationRequest const& request) {
    auto const* entity = inventory.find(request.target);
    if (!entity)
        return no_such("object", request.target);
    for (auto const& id : inventory.children(entity->parent)) {
        if (id != request.target && inventory.name_of(id) == request.name)
            return failure(
                ErrorCode::conflict, "The name \"" + request.name + "\" already exists.");
    }
    return {};
}

}  // namespace

std::string object_of(Inventory const& inventory, OperationRequest const& request) {
    return request.kind == OperationKind::remove_snapshot
               ? owner_of_snapshot(inventory, request.target)
               : request.target;
}

std::string best_host_for(Inventory const& inventory, std::string_view vm) {
    auto const found = inventory.virtual_machines.find(vm);
    if (found == inventory.virtual_machines.end())
        return {};
    auto const own = inventory.hosts.find(found->second.host);
    if (own == inventory.hosts.end())
        return {};
    std::string best;
    std::size_t fewest = SIZE_MAX;
    for (auto const& id : inventory.hosts_of_cluster(own->second.cluster)) {
        auto const& host = inventory.hosts.at(id);
        if (id == own->first || host.maintenance != Maintenance::none)
            continue;
        auto const load = inventory.vms_of_host(id).size();
        if (load < fewest)
            best = id;
        fewest = std::min(fewest, load);
    }
    return best;
}

Result<void> check_state(Inventory const& inventory, OperationRequest const& request) {
    if (is_host_operation(request.kind))
        return check_host(inventory, request);
    if (request.kind == OperationKind::rename)
        return check_rename(inventory, request);
    return check_vm(inventory, request);
}

}  // namespace millrace::simulator
