// SPDX-License-Identifier: Apache-2.0
#include "router/vcenter/cookie_jar.hpp"

#include <algorithm>
#include <charconv>

#include "common/base/http_message.hpp"

namespace millrace::router {
namespace {

constexpr std::size_t cookies_max = 50;
constexpr std::size_t cookie_bytes_max = 4096;
/// No cookie lives longer than this, whatever it says (RFC 6265 6.1 leaves it to us).
constexpr seconds lifetime_max = std::chrono::hours(24 * 400);

std::string_view trimmed(std::string_view text) {
    auto const first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

/// Takes what stands before the next ';' off `rest`.
std::string_view take_part(std::string_view& rest) {
    std::string_view const part = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    return part;
}

/// "max-age" of " Max-Age=60".
std::string attribute_name(std::string_view attribute) {
    std::string name(trimmed(attribute.substr(0, attribute.find('='))));
    std::ranges::transform(
        name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return name;
}

/// RFC 6265 section 5.1.4.
std::string default_path(std::string_view request_path) {
    auto const last = request_path.rfind('/');
    if (!request_path.starts_with('/') || last == 0)
        return "/";
    return std::string(request_path.substr(0, last));
}

bool path_matches(std::string_view request_path, std::string_view cookie_path) {
    if (!request_path.starts_with(cookie_path))
        return false;
    return request_path.size() == cookie_path.size() || cookie_path.ends_with('/') ||
           request_path[cookie_path.size()] == '/';
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

void CookieJar::read_attribute(Cookie& cookie, std::string_view attribute, SystemTime now) {
    std::string const name = attribute_name(attribute);
    auto const equals = attribute.find('=');
    std::string_view const value =
        equals == std::string_view::npos ? "" : trimmed(attribute.substr(equals + 1));
    if (name == "secure") {
        cookie.tls_only = true;
    } else if (name == "path" && value.starts_with('/')) {
        cookie.path = std::string(value);
    } else if (name == "max-age") {
        std::int64_t count = 0;
        auto const [end, code] = std::from_chars(value.data(), value.data() + value.size(), count);
        if (code != std::errc() || end != value.data() + value.size())
            return;
        cookie.expires = count <= 0 ? now : now + seconds(std::min(count, lifetime_max.count()));
    } else if (name == "expires") {
        if (auto const at = parse_http_date(value))
            cookie.expires = std::min(*at, now + lifetime_max);
    }
}

void CookieJar::take(std::string_view set_cookie, std::string_view request_path, SystemTime now) {
    std::string_view rest = set_cookie;
    std::string_view const pair = take_part(rest);
    auto const equals = pair.find('=');
    if (equals == std::string_view::npos || pair.size() > cookie_bytes_max || has_control(pair))
        return;
    Cookie cookie;
    cookie.name = std::string(trimmed(pair.substr(0, equals)));
    cookie.value = std::string(trimmed(pair.substr(equals + 1)));
    cookie.path = default_path(request_path);
    if (cookie.name.empty())
        return;
    while (!rest.empty())
        read_attribute(cookie, take_part(rest), now);
    // Max-Age has precedence over Expires, in whatever order they come (section 5.3, step 3).
    rest = set_cookie.substr(pair.size());
    while (!rest.empty())
        if (std::string_view const part = take_part(rest); attribute_name(part) == "max-age")
            read_attribute(cookie, part, now);
    auto const same = std::ranges::find_if(cookies_, [&cookie](Cookie const& kept) {
        return kept.name == cookie.name && kept.path == cookie.path;
    });
    bool const is_gone = cookie.expires && *cookie.expires <= now;
    if (same != cookies_.end() && is_gone) {
        cookies_.erase(same);
    } else if (same != cookies_.end()) {
        *same = std::move(cookie);
    } else if (!is_gone) {
        if (cookies_.size() >= cookies_max)
            cookies_.erase(cookies_.begin());
        cookies_.push_back(std::move(cookie));
    }
}

std::string CookieJar::header(std::string_view request_path, bool over_tls, SystemTime now) const {
    std::vector<Cookie const*> fitting;
    for (Cookie const& cookie : cookies_) {
        bool const is_alive = !cookie.expires || *cookie.expires > now;
        if (is_alive && (over_tls || !cookie.tls_only) && path_matches(request_path, cookie.path))
            fitting.push_back(&cookie);
    }
    std::ranges::sort(fitting, [](Cookie const* a, Cookie const* b) {
        // One vector holds them, the older first.
        return a->path.size() != b->path.size() ? a->path.size() > b->path.size() : a < b;
    });
    std::string header;
    for (Cookie const* cookie : fitting)
        header += (header.empty() ? "" : "; ") + cookie->name + "=" + cookie->value;
    return header;
}

}  // namespace millrace::router
