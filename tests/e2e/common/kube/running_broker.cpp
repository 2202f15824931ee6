// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/common/kube/running_broker.hpp"

#include "common/base/file.hpp"
#include "tests/e2e/common/kube/running_api.hpp"
#include "tests/support/catch.hpp"

namespace millrace::test {
namespace {

constexpr std::string_view token = "0123456789abcdef0123456789abcdef";

ChildLaunch launch(std::filesystem::path const& folder, std::vector<std::string> flags) {
    REQUIRE(write_file_atomic(folder / "token", token, 0600));
    flags.insert(
        flags.end(),
        {"--store=kubernetes:" + running_api().kubeconfig().string(), "--state=" + folder.string(),
         "--api-token-file=" + (folder / "token").string(),
         "--address-file=" + (folder / "broker.json").string()});
    return {
        .program = std::filesystem::path(MILLRACE_BINARY_DIR) / "millrace-broker",
        .arguments = std::move(flags),
        .log_file = folder / "broker.log",
        .address_file = folder / "broker.json"};
}

}  // namespace

Task<HttpAnswer> Subscriber::take(HttpRequest& request) {
    ids_.emplace(request.headers.get("ce-id"));
    last_path_ = request.path;
    co_return HttpAnswer();
}

RunningBroker::RunningBroker(std::vector<std::string> flags)
    : broker_(launch(folder_.path(), std::move(flags))) {}

Task<int> RunningBroker::post(std::string id, std::string type) const {
    co_return co_await post_to("/default/default", std::move(id), std::move(type));
}

Task<int> RunningBroker::post_to(std::string path, std::string id, std::string type) const {
    HttpClient client(co_await asio::this_coro::executor, {});
    HttpRequest event;
    event.method = "POST";
    event.headers = {
        {"ce-specversion", "1.0"},
        {"ce-id", std::move(id)},
        {"ce-source", "test"},
        {"ce-type", std::move(type)}};
    auto const answer = co_await client.send(parse_url(url() + path).value(), event, 5s);
    co_return answer ? answer->status : 0;
}

Task<HttpResponse> RunningBroker::get(std::string path) const {
    auto const url = parse_url(this->url() + path);
    if (!url)
        co_return HttpResponse();
    HttpClient client(co_await asio::this_coro::executor, {});
    HttpRequest request;
    request.headers.set("Authorization", "Bearer " + std::string(token));
    auto answer = co_await client.send(*url, request, 5s);
    co_return answer ? std::move(*answer) : HttpResponse();
}

Task<Json> RunningBroker::status() const {
    auto const answer = co_await get("/status");
    co_return parse_json(answer.body).value_or(Json());
}

Task<HttpResponse> RunningBroker::readiness() const {
    co_return co_await get("/readyz");
}

std::string RunningBroker::url() const {
    auto const text = read_file(folder_.path() / "broker.json", 4096);
    auto const address = text ? parse_json(*text) : Result<Json>(Json());
    return address ? string_at(*address, "url") : "";
}

}  // namespace millrace::test
