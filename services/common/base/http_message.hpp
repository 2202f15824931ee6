// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/clock.hpp"

namespace millrace {

/// Header fields in order; names compare without regard to case (RFC 9110 section 5.1).
class Headers {
public:
    using Item = std::pair<std::string, std::string>;

    Headers() = default;
    Headers(std::initializer_list<Item> items) : items_(items) {}

    /// The first value of `name`, or an empty view. Valid until the headers change.
    std::string_view get(std::string_view name) const;
    bool contains(std::string_view name) const;
    void add(std::string name, std::string value);
    /// Replaces every value of `name`.
    void set(std::string_view name, std::string value);
    void remove(std::string_view name);

    auto begin() const { return items_.begin(); }
    auto end() const { return items_.end(); }
    std::size_t size() const { return items_.size(); }

private:
    std::vector<Item> items_;
};

/// ASCII only, as HTTP's tokens are.
bool equals_ignoring_case(std::string_view a, std::string_view b);

/// The media type of a Content-Type value without parameters, lower case: "application/json".
std::string media_type(std::string_view content_type);

/// An HTTP-date in any of the three forms that a recipient has to take (RFC 9110 section 5.6.7).
/// The weekday is not compared with the date. Nothing for anything else, and outside of 1970 to
/// 2261.
std::optional<SystemTime> parse_http_date(std::string_view text);

/// No Retry-After is longer than this; what is longer is cut to it.
inline constexpr milliseconds retry_after_max = std::chrono::hours(24);

/// How long a Retry-After (RFC 9110 section 10.2.3) asks to wait from `now` on: seconds, or until
/// an HTTP-date; one gone by gives 0. Nothing for anything else (negative, garbage): the header is
/// then to be ignored. Pure.
std::optional<milliseconds> retry_after(std::string_view value, SystemTime now);

/// A request as handlers see it. `path` and `query` are still percent-encoded.
struct HttpRequest {
    std::string method = "GET";
    std::string path = "/";
    std::string query;
    Headers headers;
    std::string body;
    /// "address:port" of the peer, or "unix".
    std::string peer;
    bool over_tls = false;

    /// The decoded value of the query parameter, or an empty string.
    std::string query_value(std::string_view name) const;
};

/// An answer. Content-Length, Connection and Date are the server's business.
struct HttpResponse {
    int status = 200;
    Headers headers;
    std::string body;
};

}  // namespace millrace
