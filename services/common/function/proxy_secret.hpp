// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace millrace {

/// The Secret that functions of an appliance read, where there is one: HTTP_PROXY, HTTPS_PROXY and
/// NO_PROXY, in both spellings.
inline constexpr auto proxy_secret = "millrace-proxy";

}  // namespace millrace
