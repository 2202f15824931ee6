// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "configurator/form/property.hpp"

namespace millrace::configurator {

/// The one spelling of a value, or what is wrong with it.
using Value = std::expected<std::string, std::string>;

/// Reads one value, or one member of a list, of a type. `text` is not empty and has no control
/// characters.
using ValueReader = Value (*)(Property const& property, std::string_view text);

Value read_boolean(Property const& property, std::string_view text);
Value read_choice(Property const& property, std::string_view text);
Value read_integer(Property const& property, std::string_view text);

Value read_address(Property const& property, std::string_view text);
/// "name", "name:8443", "192.0.2.1:8443", "2001:db8::1", "[2001:db8::1]:8443".
Value read_host(Property const& property, std::string_view text);
Value read_host_name(Property const& property, std::string_view text);
Value read_ipv4_address(Property const& property, std::string_view text);
Value read_ipv4_network(Property const& property, std::string_view text);
/// "24", "/24", "24 (255.255.255.0)" as the old appliance's form gave it, or "255.255.255.0".
Value read_ipv4_prefix(Property const& property, std::string_view text);
Value read_ipv6_address(Property const& property, std::string_view text);
Value read_ipv6_interface(Property const& property, std::string_view text);
Value read_name_or_address(Property const& property, std::string_view text);
/// "*", "name", ".domain", "*.domain", an address or "192.168.0.0/16".
Value read_no_proxy(Property const& property, std::string_view text);
Value read_proxy_url(Property const& property, std::string_view text);

Value read_certificates(Property const& property, std::string_view text);
Value read_private_key(Property const& property, std::string_view text);
Value read_ssh_key(Property const& property, std::string_view text);

/// `"192.168.1.300" is no IPv4 address; write it like 192.168.10.20.` `what` without its article.
std::unexpected<std::string> no_such(
    Property const& property, std::string_view text, std::string_view what);
/// `"x" must be ...`.
std::unexpected<std::string> must_be(std::string_view text, std::string_view what);
/// The begin of a value that is no secret, in quotes.
std::string shown(std::string_view text);
/// Letters of ASCII in lower case.
std::string lower(std::string_view text);

}  // namespace millrace::configurator
