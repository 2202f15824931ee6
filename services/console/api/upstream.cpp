// SPDX-License-Identifier: Apache-2.0
#include "console/api/upstream.hpp"

#include "common/base/file.hpp"

namespace millrace::console {
namespace {

constexpr milliseconds answer_limit = 5s;
constexpr std::size_t address_bytes_max = 4096;

ErrorCode code_of(int status) {
    switch (status) {
        case 404:
            return ErrorCode::not_found;
        case 409:
            return ErrorCode::conflict;
        case 413:
            return ErrorCode::too_large;
        case 400:
        case 422:
            return ErrorCode::invalid;
        default:
            return ErrorCode::unavailable;
    }
}

/// `millrace up` starts it again by itself: what is left to do is to wait, or to read why it ended.
constexpr char const* remedy =
    " It is started again by itself; if it stays away, its log says why.";

Error no_answer(std::string const& service, Error const& error) {
    return {
        ErrorCode::unavailable, "The " + service + " does not answer: " + error.detail + remedy};
}

}  // namespace

Upstream::Upstream(asio::any_io_executor executor, std::filesystem::path run_folder, Secret token)
    : client_(std::move(executor), HttpClientOptions{}),
      run_folder_(std::move(run_folder)),
      token_(std::move(token)) {}

Result<Url> Upstream::locate(std::string const& service, std::string const& path) const {
    auto const text = read_file(run_folder_ / (service + ".json"), address_bytes_max);
    auto const address = text ? parse_json(*text) : Result<Json>(std::unexpected(text.error()));
    if (!address)
        return failure(ErrorCode::unavailable, "The " + service + " does not run." + remedy);
    auto url = parse_url(string_at(*address, "url") + path);
    if (!url)
        return failure(
            ErrorCode::unavailable,
            "The address of the " + service + " is unknown: " + url.error().detail + remedy);
    return url;
}

HttpRequest Upstream::make_request(std::string method) const {
    HttpRequest request;
    request.method = std::move(method);
    request.headers.add("Authorization", "Bearer " + token_.reveal());
    return request;
}

Task<Result<std::string>> Upstream::exchange_text(
    std::string service, std::string path, HttpRequest request) {
    auto const url = locate(service, path);
    if (!url)
        co_return std::unexpected(url.error());
    auto response = co_await client_.send(*url, request, answer_limit);
    if (!response)
        co_return std::unexpected(no_answer(service, response.error()));
    if (response->status >= 200 && response->status < 300)
        co_return std::move(response->body);
    auto const body = parse_json(response->body);
    std::string detail = body ? string_at(*body, "detail") : "";
    if (detail.empty())
        detail = "The " + service + " answered " + std::to_string(response->status) + ".";
    co_return failure(code_of(response->status), std::move(detail));
}

Task<Result<Json>> Upstream::exchange(std::string service, std::string path, HttpRequest request) {
    auto const text = co_await exchange_text(service, std::move(path), std::move(request));
    if (!text)
        co_return std::unexpected(text.error());
    auto body = parse_json(*text);
    if (!body)
        co_return failure(
            ErrorCode::unavailable, "The " + service + " answered what is no JSON." + remedy);
    co_return body;
}

Task<Result<std::string>> Upstream::get_text(std::string service, std::string path) {
    return exchange_text(std::move(service), std::move(path), make_request("GET"));
}

Task<Result<Json>> Upstream::get(std::string service, std::string path) {
    return exchange(std::move(service), std::move(path), make_request("GET"));
}

Task<Result<Json>> Upstream::post(std::string service, std::string path, Json body) {
    HttpRequest request = make_request("POST");
    request.headers.add("Content-Type", "application/json");
    request.body = dump_json(body);
    return exchange(std::move(service), std::move(path), std::move(request));
}

Task<Result<StreamedResponse>> Upstream::open(
    std::string service, std::string path, std::string last_event_id) {
    auto const url = locate(service, path);
    if (!url)
        co_return std::unexpected(url.error());
    auto request = make_request("GET");
    if (!last_event_id.empty())
        request.headers.add("Last-Event-ID", std::move(last_event_id));
    auto response = co_await client_.open(*url, request, answer_limit);
    if (!response)
        co_return std::unexpected(no_answer(service, response.error()));
    if (response->status != 200)
        co_return failure(
            code_of(response->status),
            "The " + service + " answered " + std::to_string(response->status) + ".");
    co_return std::move(response);
}

Task<Result<HttpResponse>> Upstream::probe(std::string service, std::string path) {
    auto const url = locate(service, path);
    if (!url)
        co_return std::unexpected(url.error());
    HttpRequest const request;
    co_return co_await client_.send(*url, request, 2s);
}

}  // namespace millrace::console
