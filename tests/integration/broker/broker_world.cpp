// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/broker/broker_world.hpp"

#include "common/base/file.hpp"
#include "common/base/yaml.hpp"
#include "common/kube/resource.hpp"
#include "tests/support/catch.hpp"

namespace millrace::test {
namespace {

void write_object(
    std::filesystem::path const& state, ResourceKind const& kind, std::string const& name,
    std::string const& spec) {
    auto const folder = state / "objects" / kind.folder() / "default";
    REQUIRE(make_directories(folder, 0700));
    std::string const text = "{\"apiVersion\": \"" + kind.api_version() + "\", \"kind\": \"" +
                             std::string(kind.kind) + "\", \"metadata\": {\"name\": \"" + name +
                             "\", \"namespace\": \"default\"}, \"spec\": " + spec + "}";
    auto const object = parse_json(text);
    REQUIRE(object);
    REQUIRE(write_file_atomic(folder / (name + ".yaml"), dump_yaml(*object), 0600));
}

}  // namespace

BrokerWorld::BrokerWorld(BrokerProcess::Options options)
    : broker(folder.path(), std::move(options)),
      client(io.get_executor(), {}) {
    put_broker();
}

void BrokerWorld::put_broker(std::string const& spec) {
    write_object(folder.path(), kinds::broker, "default", spec);
}

void BrokerWorld::put_trigger(std::string const& name, std::string const& spec) {
    write_object(folder.path(), kinds::trigger, name, spec);
}

void BrokerWorld::remove_trigger(std::string const& name) {
    std::filesystem::remove(
        folder.path() / "objects" / kinds::trigger.folder() / "default" / (name + ".yaml"));
}

std::string BrokerWorld::spec_to(std::string const& url, std::string const& more) {
    return R"({"broker": "default", "subscriber": {"uri": ")" + url + "\"}" + more + "}";
}

Task<Result<HttpResponse>> BrokerWorld::post(HttpRequest request, std::string path) {
    request.method = request.method == "GET" ? "POST" : request.method;
    auto const url = parse_url(broker.url() + path);
    REQUIRE(url);
    co_return co_await client.send(*url, request, 30s);
}

Task<int> BrokerWorld::send(std::string id, Headers more) {
    HttpRequest request;
    request.headers = {
        {"ce-specversion", "1.0"},
        {"ce-id", id},
        {"ce-source", "/test"},
        {"ce-type", "test"},
        {"content-type", "application/json"}};
    for (auto const& [name, value] : more)
        request.headers.set(name, value);
    request.body = R"({"FullFormattedMessage": "Event )" + id + "\"}";
    auto const answer = co_await post(std::move(request));
    co_return answer ? answer->status : 0;
}

Task<Json> BrokerWorld::api(std::string path_and_query) {
    HttpRequest request;
    request.headers.add("Authorization", "Bearer " + broker.token());
    auto const url = parse_url(broker.url() + "/api/v1/" + path_and_query);
    REQUIRE(url);
    auto const answer = co_await client.send(*url, request, 10s);
    REQUIRE(answer);
    INFO(answer->body);
    REQUIRE(answer->status == 200);
    auto json = parse_json(answer->body);
    REQUIRE(json);
    co_return std::move(*json);
}

Json BrokerWorld::status_of(std::string const& kind_folder, std::string const& name) const {
    auto const file = folder.path() / "status" / kind_folder / "default" / (name + ".yaml");
    auto const text = read_file(file, 1 << 20);
    if (!text)
        return {};
    auto const documents = parse_yaml(*text, file.string());
    return documents && !documents->empty() ? documents->front().value : Json();
}

Task<void> BrokerWorld::wait_for_ready(std::string trigger, std::string state) {
    SteadyTime const deadline = steady_now() + 10s;
    while (condition_state(status_of(kinds::trigger.folder(), trigger), "Ready") != state) {
        if (steady_now() > deadline)
            FAIL("Trigger " << trigger << " does not get Ready " << state);
        co_await sleep_for(5ms);
    }
}

}  // namespace millrace::test
