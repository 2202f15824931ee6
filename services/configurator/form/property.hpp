// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "common/base/secret.hpp"

namespace millrace::configurator {

/// What a property's value is; what each takes stands at its reader in property_value.cpp.
enum class PropertyType {
    address_list,
    boolean,
    certificates,
    choice,
    domain_list,
    host,
    host_list,
    host_name,
    ignored,
    integer,
    ipv4_address,
    ipv4_network,
    ipv4_prefix,
    ipv6_address,
    ipv6_interface,
    no_proxy_list,
    password,
    private_key,
    proxy_url,
    ssh_keys,
    user_name,
};

/// One OVF property. ova-properties/properties.json is the only list of them; this table is made of
/// it by ovagen.
struct Property {
    std::string_view key;  ///< without "guestinfo."
    PropertyType type = PropertyType::ignored;
    std::string_view words;  ///< what the value is, e.g. "a whole number from 1 to 65535"
    std::string_view fallback;
    std::string_view example;
    std::uint32_t length_min = 0;  ///< characters
    std::uint32_t length_max = 0;  ///< characters
    std::int64_t low = 0;          ///< of an integer, or the shortest prefix of a network
    std::int64_t high = 0;
    std::uint32_t items_max = 0;
    bool secret = false;
    bool required = false;
    std::span<std::string_view const> required_with;  ///< where one of these is set or on
    std::span<std::string_view const> choices;
};

/// All, in the order of the form.
std::span<Property const> properties();
/// The one of that key, or nullptr.
Property const* find_property(std::string_view key);

/// Whether secrets that are needed have to be among what was given, or are in force already and not
/// known any more.
enum class NeededSecrets { given, in_force };

/// What was given, by key without "guestinfo."; any of it may be a secret.
using PropertyTexts = std::map<std::string, Secret, std::less<>>;

}  // namespace millrace::configurator
