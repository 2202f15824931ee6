// SPDX-License-Identifier: Apache-2.0
#include "console/auth/request_guard.hpp"

#include <algorithm>

#include "common/service/host_check.hpp"

namespace millrace::console {
namespace {

std::string without_port(std::string_view host) {
    auto const bracket = host.rfind(']');
    auto const colon = host.rfind(':');
    bool const has_port =
        colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    return std::string(has_port ? host.substr(0, colon) : host);
}

bool is_same_origin(HttpRequest const& request) {
    std::string_view const site = request.headers.get("sec-fetch-site");
    if (!site.empty())
        return site == "same-origin";
    std::string_view const origin = request.headers.get("origin");
    std::string const own = std::string(request.over_tls ? "https://" : "http://") +
                            std::string(request.headers.get("host"));
    return origin == own;
}

}  // namespace

std::optional<Refusal> check_request(
    HttpRequest const& request, std::set<std::string> const& hosts) {
    std::string_view const host = request.headers.get("host");
    // RFC 9110 section 4.2.3: whatever the case of its letters; browsers send small ones.
    std::string const name = without_port(host);
    bool const is_name = !is_address_host(host);
    if (is_name && std::ranges::none_of(hosts, [&](std::string const& own) {
            return equals_ignoring_case(own, name);
        }))
        return Refusal{
            421, "request.host",
            "This console is not called \"" + std::string(host.substr(0, 100)) +
                "\"; use the address it prints at start, or allow the name with --host."};
    return check_change(request);
}

std::optional<Refusal> check_change(HttpRequest const& request) {
    if (request.method == "GET" || request.method == "HEAD")
        return std::nullopt;
    if (request.headers.get("x-requested-with") != "millrace" || !is_same_origin(request))
        return Refusal{
            403, "request.crossSite",
            "Changes need X-Requested-With: millrace and the same origin."};
    std::string_view const type = request.headers.get("content-type");
    // Of an image archive; other sites can send that no more than JSON without being asked first.
    bool const is_binary = request.path.starts_with("/api/v1/appliance/") &&
                           media_type(type) == "application/octet-stream";
    if (request.body.empty() || is_binary || media_type(type) == "application/json")
        return std::nullopt;
    return Refusal{
        415, "request.mediaType",
        "The body must be application/json, not \"" + std::string(type.substr(0, 100)) + "\"."};
}

std::string cookie_value(HttpRequest const& request, std::string_view name) {
    std::string_view rest = request.headers.get("cookie");
    while (!rest.empty()) {
        std::string_view pair = rest.substr(0, rest.find(';'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        while (pair.starts_with(' '))
            pair.remove_prefix(1);
        auto const equals = pair.find('=');
        if (equals != std::string_view::npos && pair.substr(0, equals) == name)
            return std::string(pair.substr(equals + 1));
    }
    return {};
}

void add_security_headers(Headers& headers) {
    headers.set(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'; require-trusted-types-for 'script'");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set(
        "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
}

}  // namespace millrace::console
