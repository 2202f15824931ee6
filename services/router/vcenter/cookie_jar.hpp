// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.hpp"

namespace millrace::router {

/// The cookies of one host, as RFC 6265 section 5 keeps them: told apart by name and path, each
/// until it expires. A load balancer's cookie and the session's live side by side. Pure.
///
/// Domain is not looked at: a jar belongs to one host, and its cookies go to no other. At most 50
/// cookies of 4 KiB each (section 6.1); a longer one is ignored, the oldest makes room.
class CookieJar {
public:
    /// Takes the value of one Set-Cookie header of an answer to a request for `request_path`.
    void take(std::string_view set_cookie, std::string_view request_path, SystemTime now);
    /// The value of the Cookie header of a request; empty: none is to be sent. Longer paths come
    /// first, then the older cookies.
    std::string header(std::string_view request_path, bool over_tls, SystemTime now) const;
    void clear() { cookies_.clear(); }
    std::size_t size() const { return cookies_.size(); }

private:
    struct Cookie {
        std::string name;
        std::string value;
        std::string path;
        std::optional<SystemTime> expires;  ///< nothing: with the session
        bool tls_only = false;
    };
    static void read_attribute(Cookie& cookie, std::string_view attribute, SystemTime now);

    std::vector<Cookie> cookies_;  ///< oldest first
};

}  // namespace millrace::router
