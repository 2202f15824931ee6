// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

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

/// What the control API and vSphere call it.
struct OperationNaming {
    OperationKind kind;
    std::string_view word;            ///< the control API's
    std::string_view method;          ///< of the WSDL
    std::string_view description_id;  ///< of the TaskInfo
};
OperationNaming const& naming_of(OperationKind kind);

/// "powerOn" and so on, the control API's words; nothing for any other.
std::optional<OperationKind> parse_operation(std::string_view word);

/// Whether its target is a host.
bool is_host_operation(OperationKind kind);

}  // namespace millrace::simulator
