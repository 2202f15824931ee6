// SPDX-License-Identifier: Apache-2.0
#include "simulator/soap/soap_operation_methods.hpp"

#include <algorithm>
#include <array>

namespace millrace::simulator {
namespace {

SoapOutcome start(SoapCall& call, OperationRequest request) {
    request.target = call.request.self.value;
    request.user_name = call.session->facts.user_name;
    auto const task = call.world.operations.start(request, call.now);
    if (!task)
        return std::unexpected(object_not_found(call.request.self));
    call.return_reference({"Task", *task});
    return {};
}

template <OperationKind Kind>
SoapOutcome simple(SoapCall& call) {
    OperationRequest request;
    request.kind = Kind;
    return start(call, std::move(request));
}

SoapOutcome migrate(SoapCall& call) {
    OperationRequest request;
    request.kind = OperationKind::migrate;
    request.host = reference_of(call.argument("host")).value;
    return start(call, std::move(request));
}

SoapOutcome relocate(SoapCall& call) {
    OperationRequest request;
    request.kind = OperationKind::migrate;
    request.host = reference_of(child(call.argument("spec"), "host")).value;
    return start(call, std::move(request));
}

SoapOutcome create_snapshot(SoapCall& call) {
    OperationRequest request;
    request.kind = OperationKind::create_snapshot;
    request.name = child_text(call.request.call, "name");
    request.description = child_text(call.request.call, "description");
    return start(call, std::move(request));
}

SoapOutcome rename(SoapCall& call) {
    OperationRequest request;
    request.kind = OperationKind::rename;
    request.name = child_text(call.request.call, "newName");
    if (request.name.empty())
        return invalid_argument("newName");
    return start(call, std::move(request));
}

/// "Berlin/vm/Production/web-01": names from below the root folder.
SoapOutcome find_by_inventory_path(SoapCall& call) {
    auto const path = child_text(call.request.call, "inventoryPath");
    auto const& inventory = call.world.inventory;
    std::string at = inventory.root;
    for (std::size_t from = 0; from < path.size() && !at.empty();) {
        auto const slash = std::min(path.find('/', from), path.size());
        auto const name = path.substr(from, slash - from);
        from = slash + 1;
        if (name.empty())
            continue;
        auto const below = inventory.children(at);
        auto const named = [&](std::string const& id) { return inventory.name_of(id) == name; };
        auto const found = std::ranges::find_if(below, named);
        at = found == below.end() ? std::string() : *found;
    }
    if (!at.empty())
        call.return_reference(inventory.reference(at));
    return {};
}

SoapOutcome find_child(SoapCall& call) {
    auto const& inventory = call.world.inventory;
    auto const name = child_text(call.request.call, "name");
    for (auto const& id : inventory.children(reference_of(call.argument("entity")).value)) {
        if (inventory.name_of(id) != name)
            continue;
        call.return_reference(inventory.reference(id));
        break;
    }
    return {};
}

SoapOutcome find_by_uuid(SoapCall& call) {
    auto const uuid = child_text(call.request.call, "uuid");
    auto const& inventory = call.world.inventory;
    if (child_bool(call.request.call, "vmSearch", false)) {
        for (auto const& [id, vm] : inventory.virtual_machines) {
            if (vm.uuid == uuid)
                call.return_reference(inventory.reference(id));
        }
        return {};
    }
    for (auto const& [id, host] : inventory.hosts) {
        if (host.uuid == uuid)
            call.return_reference(inventory.reference(id));
    }
    return {};
}

constexpr std::array<SoapMethod, 16> methods = {{
    {"PowerOnVM_Task", simple<OperationKind::power_on>},
    {"PowerOffVM_Task", simple<OperationKind::power_off>},
    {"ResetVM_Task", simple<OperationKind::reset>},
    {"SuspendVM_Task", simple<OperationKind::suspend>},
    {"ReconfigVM_Task", simple<OperationKind::reconfigure>},
    {"MigrateVM_Task", migrate},
    {"RelocateVM_Task", relocate},
    {"CreateSnapshot_Task", create_snapshot},
    {"CreateSnapshotEx_Task", create_snapshot},
    {"RemoveSnapshot_Task", simple<OperationKind::remove_snapshot>},
    {"Rename_Task", rename},
    {"EnterMaintenanceMode_Task", simple<OperationKind::enter_maintenance>},
    {"ExitMaintenanceMode_Task", simple<OperationKind::exit_maintenance>},
    {"FindByInventoryPath", find_by_inventory_path},
    {"FindChild", find_child},
    {"FindByUuid", find_by_uuid},
}};

}  // namespace

std::span<SoapMethod const> operation_methods() {
    return methods;
}

}  // namespace millrace::simulator
