// SPDX-License-Identifier: Apache-2.0
#include "router/vcenter/vcenter_client.hpp"

#include <algorithm>

#include "common/base/encoding.hpp"

namespace millrace::router {
namespace {

/// vSphere API version asked for: its answers hold what the type table (8.0.3) knows.
constexpr char const* soap_action = "urn:vim25/8.0.3.0";
constexpr std::size_t shown_bytes = 120;

HttpClientOptions client_options(std::optional<TlsContext> tls) {
    HttpClientOptions options;
    options.tls = std::move(tls);
    options.idle_connections_max = 2;
    options.connect_timeout = 10s;
    return options;
}

/// The title of a page, or how the text begins, in one line.
std::string beginning_of(std::string_view body) {
    if (auto const title = body.find("<title>"); title != std::string_view::npos) {
        body.remove_prefix(title + 7);
        body = body.substr(0, body.find('<'));
    }
    std::string shown = to_valid_utf8(body.substr(0, shown_bytes));
    std::ranges::replace_if(
        shown, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    return shown;
}

}  // namespace

std::string describe_answer(HttpResponse const& response) {
    std::string text = "The address answered " + std::to_string(response.status);
    std::string_view const location = response.headers.get("location");
    if (!location.empty())
        return text + " with a redirect to " + beginning_of(location) +
               ", which is not followed: give the address of vCenter itself.";
    std::string const type = media_type(response.headers.get("content-type"));
    text += type.empty() ? "" : " with " + beginning_of(type);
    text += ", not as a vCenter";
    if (response.body.empty())
        return text + ".";
    return text + "; it begins: " + beginning_of(response.body);
}

VcenterClient::VcenterClient(asio::any_io_executor executor, Url url, std::optional<TlsContext> tls)
    : url_(std::move(url)),
      client_(std::move(executor), client_options(std::move(tls))) {}

Task<Result<std::string>> VcenterClient::exchange(std::string envelope, nanoseconds limit) {
    std::string_view const path = std::string_view(url_.target).substr(0, url_.target.find('?'));
    HttpRequest request;
    request.method = "POST";
    request.headers.add("Content-Type", "text/xml; charset=\"utf-8\"");
    request.headers.add("SOAPAction", soap_action);
    request.headers.add("User-Agent", "millrace/" MILLRACE_VERSION);
    if (std::string cookies = cookies_.header(path, url_.tls, system_now()); !cookies.empty())
        request.headers.add("Cookie", std::move(cookies));
    request.body = std::move(envelope);
    auto response = co_await client_.send(url_, request, limit);
    if (!response)
        co_return std::unexpected(response.error());
    for (auto const& [name, value] : response->headers)
        if (equals_ignoring_case(name, "set-cookie"))
            cookies_.take(value, path, system_now());
    // SOAP 1.1 over HTTP: a fault comes with 500.
    bool const may_be_soap = response->status == 200 || response->status == 500;
    if (!may_be_soap || !soap::is_envelope(response->body))
        co_return failure(ErrorCode::unavailable, describe_answer(*response));
    co_return std::move(response->body);
}

Task<Result<std::unique_ptr<soap::Document>>> VcenterClient::call(
    std::string envelope, nanoseconds limit) {
    auto text = co_await exchange(std::move(envelope), limit);
    if (!text)
        co_return std::unexpected(text.error());
    co_return soap::parse_document(std::move(*text));
}

}  // namespace millrace::router
