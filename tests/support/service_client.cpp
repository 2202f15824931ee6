// SPDX-License-Identifier: Apache-2.0
#include "tests/support/service_client.hpp"

#include "tests/support/catch.hpp"

namespace millrace::test {
namespace {

constexpr milliseconds call_limit = 20s;

Json json_of(Result<HttpResponse> const& answer, std::string const& url) {
    INFO(url);
    if (!answer)
        FAIL(url << ": " << answer.error().detail);
    auto json = parse_json(answer->body);
    if (answer->status < 200 || answer->status > 299 || !json)
        FAIL(url << ": " << answer->status << " " << answer->body);
    return std::move(*json);
}

}  // namespace

Task<Result<HttpResponse>> ServiceClient::send(
    std::string method, std::string url, std::string body) {
    auto const target = parse_url(url);
    if (!target)
        co_return std::unexpected(target.error());
    HttpRequest request;
    request.method = std::move(method);
    request.headers.add("Authorization", "Bearer " + token_);
    if (!body.empty())
        request.headers.add("Content-Type", "application/json");
    request.body = std::move(body);
    co_return co_await client_.send(*target, request, call_limit);
}

Task<Json> ServiceClient::get(std::string url) {
    co_return json_of(co_await send("GET", url, ""), url);
}

Task<Json> ServiceClient::try_get(std::string url) {
    auto const answer = co_await send("GET", url, "");
    auto json = answer && answer->status == 200 ? parse_json(answer->body) : Result<Json>(Json());
    co_return json ? std::move(*json) : Json();
}

Task<Json> ServiceClient::post(std::string url, Json body) {
    co_return json_of(co_await send("POST", url, dump_json(body)), url);
}

}  // namespace millrace::test
