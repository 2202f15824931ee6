// SPDX-License-Identifier: Apache-2.0
#include "configurator/node/node_settings.hpp"

#include <optional>

#include "common/base/file.hpp"

namespace millrace::configurator {
namespace {

std::string address_in(Ipv4Network const& network, std::uint32_t number) {
    return format_ipv4(network.first() + number);
}

/// The network that a line of this name gives.
std::optional<Ipv4Network> network_of(std::string_view text, std::string_view name) {
    while (!text.empty()) {
        std::string_view const line = text.substr(0, text.find('\n'));
        if (line.starts_with(name) && line.substr(name.size()).starts_with('='))
            return parse_ipv4_network(line.substr(name.size() + 1));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return std::nullopt;
}

}  // namespace

NodeAddresses node_addresses(NodeSettings const& settings) {
    return {
        .node = format_ipv4(settings.pods.last() - 1),
        .pods = Ipv4Network{settings.pods.first(), settings.pods.prefix + 1}.text(),
        .api = address_in(settings.services, 1),
        .dns = address_in(settings.services, 10),
        .xds = address_in(settings.services, 18),
        .broker = address_in(settings.services, 20),
        .router = address_in(settings.services, 21)};
}

std::map<std::string, std::string> node_values(NodeSettings const& settings) {
    NodeAddresses const addresses = node_addresses(settings);
    return {
        {"NODE", std::string(node_name)},
        {"NODE_ADDRESS", addresses.node},
        {"POD_NETWORK", settings.pods.text()},
        {"POD_CIDR", addresses.pods},
        {"SERVICE_CIDR", settings.services.text()},
        {"API_ADDRESS", addresses.api},
        {"DNS_ADDRESS", addresses.dns},
        {"XDS_ADDRESS", addresses.xds},
        {"BROKER_ADDRESS", addresses.broker},
        {"ROUTER_ADDRESS", addresses.router}};
}

std::string node_environment(NodeSettings const& settings) {
    std::string text;
    for (auto const& [name, value] : node_values(settings))
        text += name + "=" + value + "\n";
    return text;
}

Result<NodeSettings> parse_node_environment(std::string_view text) {
    auto const pods = network_of(text, "POD_NETWORK");
    auto const services = network_of(text, "SERVICE_CIDR");
    if (!pods || !services)
        return failure(
            ErrorCode::damaged, std::string(pods ? "SERVICE_CIDR" : "POD_NETWORK") +
                                    " is missing or no network. Remove the file: the configurator "
                                    "makes it again.");
    return NodeSettings{*pods, *services};
}

Result<NodeSettings> read_node_settings() {
    auto const text = read_file(node_environment_file, 65'536);
    if (!text)
        return std::unexpected(text.error());
    auto settings = parse_node_environment(*text);
    if (!settings)
        return failure(
            settings.error().code,
            std::string(node_environment_file) + ": " + settings.error().detail);
    return settings;
}

}  // namespace millrace::configurator
