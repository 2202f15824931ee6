// SPDX-License-Identifier: Apache-2.0
#include "console/upstream/upstream.hpp"

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

}  // namespace

Upstream::Upstream(asio::any_io_executor executor, ServicePlaces places, Secret token)
    : client_(std::move(executor), HttpClientOptions{}),
      places_(std::move(places)),
      token_(std::move(token)) {}

Error Upstream::no_answer(std::string const& service, Error const& error) const {
    return {
        ErrorCode::unavailable,
        "The " + service + " does not answer: " + error.detail + " " + places_.remedy};
}

Result<std::string> Upstream::address_of(std::string const& service) const {
    if (auto const known = places_.urls.find(service); known != places_.urls.end())
        return known->second;
    if (!has(service))
        return failure(
            ErrorCode::unavailable, "The " + service + " is not part of this installation.");
    auto const text = read_file(places_.run_folder / (service + ".json"), address_bytes_max);
    auto const address = text ? parse_json(*text) : Result<Json>(std::unexpected(text.error()));
    if (!address)
        return failure(
            ErrorCode::unavailable, "The " + service + " does not run. " + places_.remedy);
    return string_at(*address, "url");
}

Result<Url> Upstream::locate(std::string const& service, std::string const& path) const {
    auto const address = address_of(service);
    if (!address)
        return std::unexpected(address.error());
    auto url = parse_url(*address + path);
    if (!url)
        return failure(
            ErrorCode::unavailable, "The address of the " + service + " is unknown: " +
                                        url.error().detail + " " + places_.remedy);
    return url;
}

Result<RestartRecord> Upstream::restarts() const {
    if (places_.run_folder.empty())
        return failure(ErrorCode::not_found, "Nobody notes restarts here.");
    return read_restart_record(places_.run_folder);
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
            ErrorCode::unavailable,
            "The " + service + " answered what is no JSON. " + places_.remedy);
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
