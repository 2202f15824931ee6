// SPDX-License-Identifier: Apache-2.0
#include "console/api/api_context.hpp"

namespace millrace::console {
namespace {

Json items_of(Result<Json> const& answer) {
    Json const* items = answer ? find_json(*answer, "items") : nullptr;
    return items != nullptr && items->is_array() ? *items : Json::array();
}

std::string source_state(std::string const& state) {
    if (state == "Reading" || state == "Waiting")
        return "Connected";
    return state == "Connecting" ? "Connecting" : "Error";
}

Json source_view(Resource const& resource, Json const* report, std::string const& router_problem) {
    Json json = Json::object();
    std::string const state = report == nullptr ? "" : string_at(*report, "state");
    json["name"] = resource.name().name;
    json["kind"] = "VSphereSource";
    json["address"] = string_at(resource.spec(), "address");
    json["simulated"] = resource.annotation("millrace.dev/simulated") == "true";
    json["state"] =
        report != nullptr ? source_state(state) : (router_problem.empty() ? "Waiting" : "Error");
    json["cause"] = report == nullptr ? router_problem : string_at(*report, "problem");
    Json const* last = report == nullptr ? nullptr : find_json(*report, "lastEventTime");
    json["lastEventAt"] = last == nullptr ? Json() : *last;
    Json const* lag = report == nullptr ? nullptr : find_json(*report, "lagMs");
    json["lagMs"] = lag == nullptr ? Json() : *lag;
    json["events"] = report == nullptr ? 0 : integer_at(*report, "delivered").value_or(0);
    json["refused"] = report == nullptr ? 0 : integer_at(*report, "deadLettered").value_or(0);
    json["gaps"] = report == nullptr ? 0 : integer_at(*report, "unreadable").value_or(0);
    return json;
}

}  // namespace

Task<FunctionFacts> gather_facts(ApiContext& context) {
    FunctionFacts facts;
    if (auto services = co_await context.store.list(kinds::service))
        for (Resource& service : *services)
            if (!service.label("millrace.dev/runtime").empty())
                facts.services.push_back(std::move(service));
    if (auto triggers = co_await context.store.list(kinds::trigger))
        facts.triggers = std::move(*triggers);
    auto const runner = co_await context.upstream.get("runner", "/api/v1/functions");
    facts.runner = items_of(runner);
    if (!runner)
        facts.runner_problem = runner.error().detail;
    facts.broker = items_of(co_await context.upstream.get("broker", "/api/v1/triggers"));
    co_return facts;
}

Task<Result<Resource>> get_function(ApiContext& context, std::string name) {
    auto service = co_await context.store.get(kinds::service, in_namespace(name));
    bool const missing = !service && service.error().code != ErrorCode::storage;
    if (missing || (service && service->label("millrace.dev/runtime").empty()))
        co_return failure(
            ErrorCode::not_found, "There is no function named " + name.substr(0, 80) + ".");
    co_return std::move(service);
}

Task<bool> is_simulated(ApiContext& context) {
    auto const sources = co_await context.store.list(kinds::vsphere_source);
    if (!sources)
        co_return false;
    for (Resource const& source : *sources)
        if (source.annotation("millrace.dev/simulated") == "true")
            co_return true;
    co_return false;
}

Task<Json> list_sources(ApiContext& context) {
    auto const router = co_await context.upstream.get("router", "/api/v1/sources");
    std::string const problem = router ? "" : router.error().detail;
    auto const resources = co_await context.store.list(kinds::vsphere_source);
    Json sources = Json::array();
    if (!resources)
        co_return sources;
    for (Resource const& resource : *resources) {
        Json const* report = nullptr;
        if (router && router->is_array())
            for (Json const& one : *router)
                if (string_at(one, "name") == resource.name().name)
                    report = &one;
        sources.push_back(source_view(resource, report, problem));
    }
    co_return sources;
}

std::optional<HttpAnswer> check_if_match(HttpRequest const& request, std::string const& etag) {
    std::string_view const given = request.headers.get("if-match");
    if (given.empty())
        return make_problem(
            428, "precondition.required", "Send If-Match with the ETag of what you changed.");
    if (given == "\"" + etag + "\"")
        return std::nullopt;
    return make_problem(
        412, "precondition.failed",
        "This was changed meanwhile, by someone else or in another window. Load it again.");
}

}  // namespace millrace::console
