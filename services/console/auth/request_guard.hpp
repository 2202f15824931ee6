// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <string>

#include "common/base/http_message.hpp"

namespace millrace::console {

struct Refusal {
    int status = 403;
    std::string code;
    std::string detail;
};

/// What a request must have before anything looks at it: a Host on the list (against DNS
/// rebinding), and for anything but GET and HEAD the signs of coming from our own page (fault F44):
/// X-Requested-With, Sec-Fetch-Site or Origin (else 403), and a body that is JSON (else 415). Pure.
std::optional<Refusal> check_request(
    HttpRequest const& request, std::set<std::string> const& hosts);

/// The part of it that does not ask for the Host: of a page that anybody may see by any name, and
/// whose changes need more than a cookie.
std::optional<Refusal> check_change(HttpRequest const& request);

/// The value of one cookie, or an empty text.
std::string cookie_value(HttpRequest const& request, std::string_view name);

/// The Content-Security-Policy and its companions, tested against the whole UI.
void add_security_headers(Headers& headers);

}  // namespace millrace::console
