// SPDX-License-Identifier: Apache-2.0
#include "configurator/form/address.hpp"

#include "tests/support/catch.hpp"

using namespace millrace::configurator;

TEST_CASE("IPv4: four decimal parts and nothing else") {
    CHECK(parse_ipv4("192.168.10.20") == 0xC0A80A14U);
    CHECK(parse_ipv4("0.0.0.0") == 0U);
    CHECK(parse_ipv4("255.255.255.255") == 0xFFFFFFFFU);
    for (auto const* text :
         {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "1.2.3.-4", " 1.2.3.4", "1.2.3.4 ",
          "1.2..4", "1.2.3.", "0x1.2.3.4", "1.2.3.4/24", "1,2,3,4"}) {
        INFO(text);
        CHECK_FALSE(parse_ipv4(text));
    }
    CHECK(format_ipv4(0xC0A80A14U) == "192.168.10.20");
}

TEST_CASE("IPv4 networks: what they contain and overlap") {
    auto const network = parse_ipv4_network("10.10.0.0/16");
    REQUIRE(network);
    CHECK(network->contains(*parse_ipv4("10.10.255.255")));
    CHECK_FALSE(network->contains(*parse_ipv4("10.11.0.0")));
    CHECK(network->first() == *parse_ipv4("10.10.0.0"));
    CHECK(network->last() == *parse_ipv4("10.10.255.255"));
    CHECK(network->overlaps(*parse_ipv4_network("10.0.0.0/8")));
    CHECK(network->overlaps(*parse_ipv4_network("10.10.3.0/24")));
    CHECK_FALSE(network->overlaps(*parse_ipv4_network("10.96.0.0/16")));
    CHECK(network->text() == "10.10.0.0/16");
    CHECK(Ipv4Network{7, 0}.contains(0xFFFFFFFFU));
    CHECK(Ipv4Network{7, 32}.first() == Ipv4Network{7, 32}.last());
    for (auto const* text : {"10.10.0.0", "10.10.0.0/", "10.10.0.0/33", "10.10.0/16", "/16"})
        CHECK_FALSE(parse_ipv4_network(text));
}

TEST_CASE("IPv6: the one spelling of RFC 5952, no zone") {
    CHECK(canonical_ipv6("2001:DB8:0:0:0:0:0:1") == "2001:db8::1");
    CHECK(canonical_ipv6("::ffff:192.0.2.1") == "::ffff:192.0.2.1");
    for (auto const* text : {"", "2001:db8", "fe80::1%eth0", "192.0.2.1", "[::1]", "::1/64"})
        CHECK_FALSE(canonical_ipv6(text));
    CHECK_FALSE(canonical_ipv6(std::string("::1\0", 4)));
}

TEST_CASE("host names: RFC 1123, and no broken address") {
    for (auto const* text :
         {"a", "vc-1.example.com", "3com.com", "UPPER.example", "xn--bcher-kva.de"})
        CHECK(is_host_name(text));
    for (auto const* text :
         {"", ".", "a.", ".a", "a..b", "-a", "a-", "a_b", "a b", "192.168.1.300", "12",
          "b\xC3\xBC"}) {
        INFO(text);
        CHECK_FALSE(is_host_name(text));
    }
    CHECK(is_host_name(std::string(63, 'a')));
    CHECK_FALSE(is_host_name(std::string(64, 'a')));
    std::string long_name;
    while (long_name.size() < 254)
        long_name += "abcdefg.";
    CHECK_FALSE(is_host_name(long_name + "com"));
}
