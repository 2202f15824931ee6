// SPDX-License-Identifier: Apache-2.0
#include "configurator/form/property_value.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "common/base/encoding.hpp"
#include "configurator/form/value_reader.hpp"

namespace millrace::configurator {
namespace {

constexpr std::string_view spaces = " \t\r\n";

std::string_view trimmed(std::string_view text) {
    auto const begin = std::min(text.find_first_not_of(spaces), text.size());
    return text.substr(begin, text.find_last_not_of(spaces) + 1 - begin);
}

std::size_t characters(std::string_view text) {
    std::size_t count = 0;
    for (; !text.empty(); text.remove_prefix(character_length(text)))
        ++count;
    return count;
}

Value read_text(Property const&, std::string_view text) {
    return std::string(text);
}

/// How values of a type are read, and what separates the members of a list of them.
struct TypeReader {
    ValueReader read;
    std::string_view separators;  ///< empty: it is no list
};

TypeReader reader_of(PropertyType type) {
    constexpr std::string_view words = ", ;\t\r\n";
    switch (type) {
        case PropertyType::address_list:
            return {read_address, words};
        case PropertyType::boolean:
            return {read_boolean, {}};
        case PropertyType::certificates:
            return {read_certificates, {}};
        case PropertyType::choice:
            return {read_choice, {}};
        case PropertyType::domain_list:
            return {read_host_name, words};
        case PropertyType::host:
            return {read_host, {}};
        case PropertyType::host_list:
            return {read_name_or_address, words};
        case PropertyType::host_name:
            return {read_host_name, {}};
        case PropertyType::integer:
            return {read_integer, {}};
        case PropertyType::ipv4_address:
            return {read_ipv4_address, {}};
        case PropertyType::ipv4_network:
            return {read_ipv4_network, {}};
        case PropertyType::ipv4_prefix:
            return {read_ipv4_prefix, {}};
        case PropertyType::ipv6_address:
            return {read_ipv6_address, {}};
        case PropertyType::ipv6_interface:
            return {read_ipv6_interface, {}};
        case PropertyType::no_proxy_list:
            return {read_no_proxy, words};
        case PropertyType::private_key:
            return {read_private_key, {}};
        case PropertyType::proxy_url:
            return {read_proxy_url, {}};
        case PropertyType::ssh_keys:
            return {read_ssh_key, ",\r\n"};
        case PropertyType::ignored:
        case PropertyType::password:
        case PropertyType::user_name:
            return {read_text, {}};
    }
    assertion_failed("a type has its reader", __FILE__, __LINE__);
}

/// Each member, a line of the spelling.
Value read_list(Property const& property, std::string_view text, TypeReader const& reader) {
    std::string spelling;
    std::size_t count = 0;
    while (true) {
        text.remove_prefix(std::min(text.find_first_not_of(reader.separators), text.size()));
        if (text.empty())
            break;
        std::string_view const member = text.substr(0, text.find_first_of(reader.separators));
        text.remove_prefix(member.size());
        auto const value = reader.read(property, trimmed(member));
        if (!value)
            return value;
        spelling.append(spelling.empty() ? "" : "\n").append(*value);
        if (++count > property.items_max)
            return std::unexpected(
                "has more than " + std::to_string(property.items_max) + ", which is the most.");
    }
    if (count == 0)
        return std::unexpected("has nothing in it but separators; leave it empty.");
    return spelling;
}

bool has_line_breaks(PropertyType type) {
    return type == PropertyType::certificates || type == PropertyType::private_key ||
           type == PropertyType::ssh_keys;
}

}  // namespace

std::string_view bare_text(Property const& property, std::string_view text) {
    if (property.type == PropertyType::password)
        return text;
    text = trimmed(text);
    if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
        text.back() == text.front()) {
        text = trimmed(text.substr(1, text.size() - 2));
    }
    return text;
}

Value read_value(Property const& property, std::string_view given) {
    std::string_view const text = bare_text(property, given);
    if (to_valid_utf8(text) != text)
        return std::unexpected("is not UTF-8.");
    bool const may_break = has_line_breaks(property.type);
    for (char const one : text)
        if ((static_cast<unsigned char>(one) < ' ' && !(may_break && spaces.contains(one))) ||
            one == '\x7f')
            return std::unexpected("has a control character in it, such as a line break or a tab.");
    TypeReader const reader = reader_of(property.type);
    auto value =
        reader.separators.empty() ? reader.read(property, text) : read_list(property, text, reader);
    if (!value)
        return value;
    std::size_t const count = characters(text);
    if (count > property.length_max)
        return std::unexpected(
            "has " + std::to_string(count) + " characters; " + std::to_string(property.length_max) +
            " at most.");
    if (count < property.length_min)
        return std::unexpected(
            "needs at least " + std::to_string(property.length_min) + " characters.");
    return value;
}

std::vector<std::string> list_members(std::string_view spelling) {
    std::vector<std::string> members;
    while (!spelling.empty()) {
        auto const end = std::min(spelling.find('\n'), spelling.size());
        members.emplace_back(spelling.substr(0, end));
        spelling.remove_prefix(std::min(end + 1, spelling.size()));
    }
    return members;
}

}  // namespace millrace::configurator
