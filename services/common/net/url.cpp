// SPDX-License-Identifier: Apache-2.0
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "common/net/http_client.hpp"

namespace millrace {

Result<Url> parse_url(std::string_view text) {
    std::string const shown = "\"" + std::string(text.substr(0, 200)) + "\" ";
    auto const parsed = boost::urls::parse_uri({text.data(), text.size()});
    if (!parsed)
        return failure(ErrorCode::invalid, shown + "is no URL such as https://host:443/path.");
    boost::urls::url_view const& view = *parsed;
    auto const scheme = view.scheme();
    if (scheme != "http" && scheme != "https")
        return failure(ErrorCode::invalid, shown + "must begin with http:// or https://.");
    if (view.has_userinfo())
        return failure(ErrorCode::invalid, shown + "must not contain a user name or password.");
    if (view.has_fragment())
        return failure(ErrorCode::invalid, shown + "must not contain a fragment (#...).");
    if (view.host_address().empty())
        return failure(ErrorCode::invalid, shown + "has no host name.");
    Url url;
    url.tls = scheme == "https";
    auto const host = view.host_address();
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
