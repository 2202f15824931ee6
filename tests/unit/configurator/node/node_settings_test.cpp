// SPDX-License-Identifier: Apache-2.0
#include "configurator/node/node_settings.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::configurator;

TEST_CASE("node: pods have the lower half of their network, the node an address in the upper") {
    NodeSettings const settings{
        *parse_ipv4_network("10.10.0.0/16"), *parse_ipv4_network("10.96.0.0/16")};
    auto const addresses = node_addresses(settings);
    CHECK(addresses.pods == "10.10.0.0/17");
    CHECK(addresses.node == "10.10.255.254");
    CHECK(addresses.api == "10.96.0.1");
    CHECK(addresses.dns == "10.96.0.10");
    CHECK_FALSE(parse_ipv4_network(addresses.pods)->contains(*parse_ipv4(addresses.node)));
    CHECK(node_values(settings)["NODE_ADDRESS"] == addresses.node);
}

TEST_CASE("node: what is written for systemd is read again") {
    NodeSettings const settings{
        *parse_ipv4_network("172.20.0.0/22"), *parse_ipv4_network("172.30.0.0/24")};
    auto const read = parse_node_environment(node_environment(settings));
    REQUIRE(read);
    CHECK(*read == settings);
}

TEST_CASE("node: a damaged environment is told by what it lacks") {
    auto const none = parse_node_environment("SERVICE_CIDR=10.96.0.0/16\n");
    REQUIRE_FALSE(none);
    CHECK(none.error().detail.starts_with("POD_NETWORK is missing or no network."));
    CHECK_FALSE(parse_node_environment("POD_NETWORK=10.10.0.0/16\nSERVICE_CIDR=x\n"));
}
