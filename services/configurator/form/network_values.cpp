// SPDX-License-Identifier: Apache-2.0
#include "configurator/form/address.hpp"
#include "configurator/form/value_reader.hpp"

namespace millrace::configurator {

Value read_host_name(Property const& property, std::string_view text) {
    if (is_host_name(text))
        return lower(text);
    return no_such(property, text, "host name (letters, digits and hyphens between dots)");
}

Value read_ipv4_address(Property const& property, std::string_view text) {
    if (parse_ipv4(text))
        return std::string(text);
    return no_such(property, text, "IPv4 address");
}

Value read_ipv4_prefix(Property const& property, std::string_view text) {
    std::string_view number = text.substr(0, text.find(' '));
    if (number.starts_with('/'))
        number.remove_prefix(1);
    if (auto const prefix = parse_number(number, 32); prefix && *prefix > 0)
        return std::to_string(*prefix);
    auto const mask = parse_ipv4(text);
    for (unsigned prefix = 1; mask && prefix <= 32; ++prefix)
        if (Ipv4Network{0, prefix}.mask() == *mask)
            return std::to_string(prefix);
    return no_such(property, text, "prefix length from 1 to 32");
}

Value read_ipv4_network(Property const& property, std::string_view text) {
    auto const network = parse_ipv4_network(text);
    if (!network)
        return no_such(property, text, "IPv4 network");
    if (network->prefix < property.low || network->prefix > property.high)
        return std::unexpected(
            "\"" + std::string(text) + "\" must have a prefix from /" +
            std::to_string(property.low) + " to /" + std::to_string(property.high) + ".");
    if (network->address != network->first())
        return std::unexpected(
            "\"" + std::string(text) + "\" is an address in a network; the network is " +
            Ipv4Network{network->first(), network->prefix}.text() + ".");
    return network->text();
}

Value read_ipv6_address(Property const& property, std::string_view text) {
    if (auto spelling = canonical_ipv6(text))
        return *spelling;
    return no_such(property, text, "IPv6 address");
}

Value read_ipv6_interface(Property const& property, std::string_view text) {
    auto const slash = text.find('/');
    auto const address = canonical_ipv6(text.substr(0, slash));
    auto const prefix =
        slash == std::string_view::npos ? std::nullopt : parse_number(text.substr(slash + 1), 128);
    if (address && prefix && *prefix > 0)
        return *address + "/" + std::to_string(*prefix);
    return no_such(property, text, "IPv6 address with its prefix");
}

Value read_host(Property const& property, std::string_view text) {
    if (text.find("://") != std::string_view::npos)
        return std::unexpected(
            shown(text) + " is a URL; only its host is wanted, like " +
            std::string(property.example) + ".");
    if (auto spelling = canonical_ipv6(text))
        return "[" + *spelling + "]";
    std::string_view name = text;
    std::string port;
    auto const colon = text.rfind(':');
    if (colon != std::string_view::npos && !text.ends_with(']')) {
        auto const number = parse_number(text.substr(colon + 1), 65535);
        if (!number || *number == 0)
            return no_such(property, text, "host with a port from 1 to 65535");
        name = text.substr(0, colon);
        port = ":" + std::to_string(*number);
    }
    if (name.starts_with('[') && name.ends_with(']'))
        if (auto spelling = canonical_ipv6(name.substr(1, name.size() - 2)))
            return "[" + *spelling + "]" + port;
    if (is_host_name(name) || parse_ipv4(name))
        return lower(name) + port;
    return no_such(property, text, "host name or address");
}

Value read_name_or_address(Property const& property, std::string_view text) {
    if (auto spelling = canonical_address(text))
        return *spelling;
    if (is_host_name(text))
        return lower(text);
    return no_such(property, text, "host name or address");
}

Value read_address(Property const& property, std::string_view text) {
    if (auto spelling = canonical_address(text))
        return *spelling;
    return no_such(property, text, "IPv4 or IPv6 address");
}

Value read_no_proxy(Property const& property, std::string_view text) {
    std::string_view const name = text.substr(
        text.starts_with("*.")  ? 2
        : text.starts_with('.') ? 1
                                : 0);
    if (text == "*" || is_host_name(name))
        return lower(text);
    if (auto spelling = canonical_address(text))
        return *spelling;
    if (parse_ipv4_network(text))
        return std::string(text);
    auto const slash = text.find('/');
    if (slash != std::string_view::npos && canonical_ipv6(text.substr(0, slash)) &&
        parse_number(text.substr(slash + 1), 128))
        return std::string(text);
    return no_such(property, text, "name, .domain, address or network");
}

Value read_proxy_url(Property const& property, std::string_view text) {
    constexpr std::string_view scheme = "http://";
    if (text.find('@') != std::string_view::npos)
        return std::unexpected("has a user or password in it; these have properties of their own.");
    if (lower(text.substr(0, scheme.size())) != scheme)
        return no_such(
            property, text,
            "proxy that begins with http:// (what goes through it can "
            "still be https)");
    std::string_view host = text.substr(scheme.size());
    if (host.ends_with('/'))
        host.remove_suffix(1);
    auto const spelling = read_host(property, host);
    if (!spelling)
        return no_such(property, text, "http://HOST:PORT");
    return std::string(scheme) + *spelling;
}

}  // namespace millrace::configurator
