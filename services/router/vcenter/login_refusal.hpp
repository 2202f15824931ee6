// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace millrace::router {

/// What a person is told when vCenter refuses the sign-in: which Secret to correct, and a line end
/// in one of its values by name, which an editor does not show. Pure; neither value is in it.
std::string refused_login(
    std::string const& secret_name, std::string const& fault, std::string_view user,
    std::string_view password);

}  // namespace millrace::router
