// SPDX-License-Identifier: Apache-2.0
#include "configurator/form/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace millrace::configurator {
namespace {

bool is_digit(char one) {
    return one >= '0' && one <= '9';
}
bool is_letter(char one) {
    return (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z');
}

bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::ranges::all_of(
               label, [](char one) { return is_digit(one) || is_letter(one) || one == '-'; });
}

}  // namespace

std::string Ipv4Network::text() const {
    return format_ipv4(address) + "/" + std::to_string(prefix);
}

std::optional<unsigned> parse_number(std::string_view text, unsigned most) {
    unsigned number = 0;
    auto const [rest, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    bool const is_whole = fault == std::errc() && rest == text.data() + text.size();
    bool const has_leading_zero = text.size() > 1 && text.front() == '0';
    return is_whole && !has_leading_zero && number <= most ? std::optional(number) : std::nullopt;
}

std::optional<std::uint32_t> parse_ipv4(std::string_view text) {
    std::uint32_t address = 0;
    for (int part = 0; part < 4; ++part) {
        auto const dot = part < 3 ? text.find('.') : text.size();
        if (dot == std::string_view::npos)
            return std::nullopt;
        auto const number = parse_number(text.substr(0, dot), 255);
        if (!number)
            return std::nullopt;
        address = (address << 8) | *number;
        text.remove_prefix(std::min(dot + 1, text.size()));
    }
    return address;
}

std::string format_ipv4(std::uint32_t address) {
    std::string text;
    for (int shift = 24; shift >= 0; shift -= 8)
        text += std::to_string((address >> shift) & 0xFF) + (shift > 0 ? "." : "");
    return text;
}

std::optional<Ipv4Network> parse_ipv4_network(std::string_view text) {
    auto const slash = text.find('/');
    if (slash == std::string_view::npos)
        return std::nullopt;
    auto const address = parse_ipv4(text.substr(0, slash));
    auto const prefix = parse_number(text.substr(slash + 1), 32);
    return address && prefix ? std::optional(Ipv4Network{*address, *prefix}) : std::nullopt;
}

std::optional<std::string> canonical_ipv6(std::string_view text) {
    in6_addr address{};
    if (inet_pton(AF_INET6, std::string(text).c_str(), &address) != 1 ||
        text.find('\0') != std::string_view::npos)
        return std::nullopt;
    std::array<char, INET6_ADDRSTRLEN> spelling{};
    return std::string(inet_ntop(AF_INET6, &address, spelling.data(), spelling.size()));
}

std::optional<std::string> canonical_address(std::string_view text) {
    if (parse_ipv4(text))
        return std::string(text);
    return canonical_ipv6(text);
}

bool is_host_name(std::string_view text) {
    if (text.empty() || text.size() > 253)
        return false;
    std::string_view label;
    while (true) {
        auto const dot = text.find('.');
        label = text.substr(0, dot);
        if (!is_label(label))
            return false;
        if (dot == std::string_view::npos)
            return !std::ranges::all_of(label, is_digit);
        text.remove_prefix(dot + 1);
    }
}

}  // namespace millrace::configurator
