// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::configurator {

/// An IPv4 network, or an address in one.
struct Ipv4Network {
    std::uint32_t address = 0;  ///< host byte order
    unsigned prefix = 0;        ///< 0 to 32

    std::uint32_t mask() const { return prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - prefix); }
    std::uint32_t first() const { return address & mask(); }
    std::uint32_t last() const { return first() | ~mask(); }
    bool contains(std::uint32_t other) const { return (other & mask()) == first(); }
    bool overlaps(Ipv4Network const& other) const {
        return contains(other.first()) || other.contains(first());
    }
    /// "192.168.10.20/24".
    std::string text() const;

    bool operator==(Ipv4Network const&) const = default;
};

/// Dotted decimal, four parts, none with a leading zero; nothing for any other text.
std::optional<std::uint32_t> parse_ipv4(std::string_view text);
std::string format_ipv4(std::uint32_t address);
/// "10.10.0.0/16". Nothing where it is no network.
std::optional<Ipv4Network> parse_ipv4_network(std::string_view text);
/// A decimal from 0 to `most`, without sign or leading zero.
std::optional<unsigned> parse_number(std::string_view text, unsigned most);

/// The one spelling of RFC 5952, or nothing where `text` is no IPv6 address. A zone ("%eth0") is
/// refused: it names nothing on another machine.
std::optional<std::string> canonical_ipv6(std::string_view text);
/// Whether it is IPv4 or IPv6; what canonical spelling it has.
std::optional<std::string> canonical_address(std::string_view text);

/// RFC 1123, 2.1: labels of letters, digits and inner hyphens, 63 at most each, 253 in all; the
/// last label is not a number, so that no broken address passes.
bool is_host_name(std::string_view text);

}  // namespace millrace::configurator
