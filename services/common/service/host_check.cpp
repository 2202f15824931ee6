// SPDX-License-Identifier: Apache-2.0
#include "common/service/host_check.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>

#include "common/base/http_message.hpp"

namespace millrace {
namespace {

constexpr std::array<std::string_view, 5> local_endings = {
    ".svc", ".local", ".localhost", ".internal", ".lan"};

/// The name without port, brackets and a last dot, in lower case.
std::string name_of(std::string_view host) {
    std::string name(host);
    if (name.starts_with('['))
        name = name.substr(1, name.find(']') - 1);
    else if (std::ranges::count(name, ':') == 1)
        name.resize(name.find(':'));
    if (name.ends_with('.'))
        name.pop_back();
    std::ranges::transform(name, name.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return name;
}

bool is_address(std::string const& name) {
    boost::system::error_code code;
    boost::asio::ip::make_address(name, code);
    return !code;
}

}  // namespace

bool is_address_host(std::string_view host) {
    return is_address(name_of(host));
}

bool is_trusted_host(std::string_view host, std::vector<std::string> const& allowed) {
    std::string const name = name_of(host);
    // HTTP/1.0 has no Host, and no browser sends it.
    if (name.empty() || name.find('.') == std::string::npos)
        return true;
    if (is_address(name))
        return true;
    if (std::ranges::find(allowed, "*") != allowed.end())
        return true;
    return std::ranges::any_of(
               local_endings, [&](std::string_view ending) { return name.ends_with(ending); }) ||
           std::ranges::any_of(
               allowed, [&](std::string const& one) { return equals_ignoring_case(one, name); });
}

}  // namespace millrace
