// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "common/net/http_client.hpp"

namespace millrace {

Result<Url> parse_url(std::string_view text) {
    // What stands before an "@" may be a password.
    auto const at = text.rfind('@');
    std::string const shown = at == std::string_view::npos
                                  ? "\"" + std::string(text.substr(0, 200)) + "\" "
                                  : "\"..." + std::string(text.substr(at, 200)) + "\" ";
    auto const parsed = boost::urls::parse_uri({text.data(), text.size()});
    if (!parsed)
        return failure(ErrorCode::invalid, shown + "is no URL such as https://host:443/path.");
    boost::urls::url_view const& view = *parsed;
    // RFC 3986 section 3.1: whatever the case of its letters.
    auto const scheme = view.scheme_id();
    if (scheme != boost::urls::scheme::http && scheme != boost::urls::scheme::https)
        return failure(ErrorCode::invalid, shown + "must begin with http:// or https://.");
    if (view.has_userinfo())
        return failure(ErrorCode::invalid, shown + "must not contain a user name or password.");
    if (view.has_fragment())
        return failure(ErrorCode::invalid, shown + "must not contain a fragment (#...).");
    if (view.host_address().empty())
        return failure(ErrorCode::invalid, shown + "has no host name.");
    auto const host = view.host_address();
    if (!std::ranges::all_of(host, [](char c) { return c > ' ' && c < '\x7f'; }))
        return failure(
            ErrorCode::invalid, shown + "has a host name with other than ASCII letters.");
    // The library passes letters where a port should be, as the begin of the path.
    bool const is_port_broken =
        !view.encoded_path().empty() && !view.encoded_path().starts_with('/');
    bool const is_port_foreign = !view.port().empty() && view.port_number() == 0;
    if (is_port_broken || is_port_foreign)
        return failure(ErrorCode::invalid, shown + "must have a port from 1 to 65535.");
    Url url;
    url.tls = scheme == boost::urls::scheme::https;
    url.host.assign(host.begin(), host.end());
    auto const port = view.port();
    url.port = port.empty() ? (url.tls ? "443" : "80") : std::string(port.begin(), port.end());
    auto const target = view.encoded_target();
    url.target.assign(target.begin(), target.end());
    if (!url.target.starts_with('/'))
        url.target.insert(0, "/");
    return url;
}

std::string Url::authority() const {
    std::string const name = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return port == (tls ? "443" : "80") ? name : name + ":" + port;
}

std::string Url::origin() const {
    return (tls ? "https://" : "http://") + authority();
}

}  // namespace millrace
