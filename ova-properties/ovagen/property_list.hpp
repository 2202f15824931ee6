// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"

namespace millrace::ovagen {

/// What kinds of value there are; the validators of each are the configurator's
/// (services/configurator/form/property_value.cpp).
struct TypeInfo {
    std::string_view name;      ///< as in properties.json and in C++'s PropertyType
    std::string_view words;     ///< what a person is told, e.g. "an IPv4 address"
    std::string_view ovf_type;  ///< DSP0243, table 6
    std::uint32_t text_bytes_max;
    bool is_secret = false;  ///< always: a form hides it
};
std::span<TypeInfo const> property_types();

/// One part of the deployment form.
struct Group {
    std::string id;
    std::string label;
    std::string help;
};

/// One OVF property, as properties.json has it; what does not apply to its type is empty or 0.
struct Property {
    std::string key;  ///< without "guestinfo."
    std::string group;
    TypeInfo const* type = nullptr;
    std::string label;
    std::string help;
    std::string since;  ///< "veba": the VMware Event Broker Appliance had it; else our version
    std::string fallback;
    std::string example;
    std::uint32_t length_min = 0;
    std::uint32_t length_max = 0;
    std::int64_t low = 0;   ///< of an integer, or the shortest prefix of a network
    std::int64_t high = 0;  ///< of an integer, or the longest prefix of a network
    std::uint32_t items_max = 0;
    bool secret = false;
    bool required = false;
    std::vector<std::string> required_with;  ///< required where one of these is set (a switch: on)
    std::vector<std::string> choices;
};

/// All of properties.json, in the order of the form.
struct PropertyList {
    std::vector<Group> groups;
    std::vector<Property> properties;
};

/// Reads the text of properties.json. Faults: everything that breaks a rule of
/// properties.schema.json, an unknown group, type or key that is referred to, a key twice,
/// a default that is none of the choices.
Checked<PropertyList> read_property_list(std::string_view text);

/// The text of each prefix as the old appliance's form had it: "24 (255.255.255.0)".
std::vector<std::string> ipv4_prefix_choices();

}  // namespace millrace::ovagen
