// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace millrace {

/// Whether a request with this Host header ("name", "name:port", "[::1]:80") can be meant for a
/// service in a network of ours. A web page can make a browser send requests anywhere by DNS
/// rebinding, but the Host is then the page's own name: a name with dots that is neither an address
/// nor one that only a cluster or a local network knows (.svc, .local, .localhost, .internal) is
/// refused unless `allowed` has it, or "*". Pure.
bool is_trusted_host(std::string_view host, std::vector<std::string> const& allowed);

/// Whether it is an address, with or without a port. No page can make it stand for another one.
bool is_address_host(std::string_view host);

}  // namespace millrace
