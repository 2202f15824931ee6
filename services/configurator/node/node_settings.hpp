// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "common/base/result.hpp"
#include "configurator/form/address.hpp"

namespace millrace::configurator {

/// The networks inside of the appliance. Pods have the lower half of theirs; the node's own address
/// is the last of the upper half, on the loopback interface: whatever the network outside becomes,
/// nothing inside has to follow.
struct NodeSettings {
    Ipv4Network pods;      ///< at most /26
    Ipv4Network services;  ///< at most /26

    bool operator==(NodeSettings const&) const = default;
};

/// What follows from them. Those that are fixed are of the Service network.
struct NodeAddresses {
    std::string node;
    std::string pods;    ///< the network that pods get addresses of
    std::string api;     ///< of the Service "kubernetes": the first, by Kubernetes' rule
    std::string dns;     ///< the tenth
    std::string xds;     ///< where Envoy asks kourier what to do: the 18th
    std::string broker;  ///< the 20th
    std::string router;  ///< the 21st
};
NodeAddresses node_addresses(NodeSettings const& settings);

/// The node's name in Kubernetes.
inline constexpr std::string_view node_name = "millrace";

/// What stands for @NAME@ in the node's templates, and for ${NAME} in its units.
std::map<std::string, std::string> node_values(NodeSettings const& settings);

/// systemd.exec(5), EnvironmentFile: a line NAME=VALUE each.
std::string node_environment(NodeSettings const& settings);

/// Reads what node_environment() has written. Errors: `damaged`.
Result<NodeSettings> parse_node_environment(std::string_view text);

/// The file that systemd and the node's commands read.
inline constexpr std::string_view node_environment_file = "/etc/millrace/node.env";
/// What is in it. Errors: `not_found` where there is none: no cluster has been set up.
Result<NodeSettings> read_node_settings();

}  // namespace millrace::configurator
