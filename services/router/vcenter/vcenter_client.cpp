// SPDX-License-Identifier: Apache-2.0
#include "router/vcenter/vcenter_client.hpp"

#include "router/vcenter/xml.hpp"

namespace millrace::router {
namespace {

/// vSphere API version asked for: its answers hold what the type table (8.0.3) knows.
constexpr char const* soap_action = "urn:vim25/8.0.3.0";

HttpClientOptions client_options(std::optional<TlsContext> tls) {
    HttpClientOptions options;
    options.tls = std::move(tls);
    options.idle_connections_max = 2;
    options.connect_timeout = 10s;
    return options;
}

}  // namespace

VcenterClient::VcenterClient(asio::any_io_executor executor, Url url, std::optional<TlsContext> tls)
    : url_(std::move(url)),
      client_(std::move(executor), client_options(std::move(tls))) {}

Task<Result<std::unique_ptr<SoapDocument>>> VcenterClient::call(
    std::string envelope, nanoseconds limit) {
    HttpRequest request;
    request.method = "POST";
    request.headers.add("Content-Type", "text/xml; charset=\"utf-8\"");
    request.headers.add("SOAPAction", soap_action);
    request.headers.add("User-Agent", "millrace/" MILLRACE_VERSION);
    if (!cookie_.empty())
        request.headers.add("Cookie", cookie_);
    request.body = std::move(envelope);
    auto response = co_await client_.send(url_, request, limit);
    if (!response)
        co_return std::unexpected(response.error());
    if (response->status != 200 && response->status != 500)
        co_return failure(
            ErrorCode::unavailable,
            "vCenter answered HTTP " + std::to_string(response->status) + ".");
    if (std::string_view const set = response->headers.get("set-cookie"); !set.empty())
        cookie_ = std::string(set.substr(0, set.find(';')));
    auto soap = std::make_unique<SoapDocument>();
    soap->text = std::move(response->body);
    if (auto parsed = parse_xml(soap->document, soap->text); !parsed)
        co_return std::unexpected(parsed.error());
    soap->answer = soap::parse_answer(soap->document);
    co_return std::move(soap);
}

}  // namespace millrace::router
