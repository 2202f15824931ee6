// SPDX-License-Identifier: Apache-2.0
#include "console/api/api_overview.hpp"

#include <algorithm>

#include "common/base/http_message.hpp"
#include "console/api/api_sources.hpp"
#include "console/api/whole_number.hpp"

namespace millrace::console {
namespace {

Task<Json> service_state(ApiContext& context, std::string name) {
    Json json = Json::object();
    json["name"] = name;
    auto const ready = co_await context.upstream.probe(name, "/readyz");
    bool const up = ready && ready->status == 200;
    std::string cause = !ready ? ready.error().detail : up ? "" : ready->body;
    while (cause.ends_with('\n'))
        cause.pop_back();
    json["state"] = up ? "up" : ready ? "degraded" : "down";
    json["cause"] = std::move(cause);
    json["version"] = MILLRACE_VERSION;
    co_return json;
}

Json own_state() {
    Json json = Json::object();
    json["name"] = "console";
    json["state"] = "up";
    json["cause"] = "";
    json["version"] = MILLRACE_VERSION;
    return json;
}

/// Adds how often each was restarted: null where nobody notes it.
void add_restarts(Json& services, Result<RestartRecord> const& record) {
    for (Json& service : services) {
        auto& restarts = service["restarts"];
        if (!record)
            continue;
        auto const found = record->find(string_at(service, "name"));
        if (found != record->end())
            restarts = restart_json(found->second);
    }
}

Json failing_functions(FunctionFacts const& facts) {
    Json errors = Json::array();
    Json failing = Json::array();
    for (Resource const& service : facts.services) {
        Json summary = function_summary(facts, service);
        std::string const state = string_at(summary, "state");
        if (state == "Error")
            errors.push_back(std::move(summary));
        else if (state == "Failing")
            failing.push_back(std::move(summary));
    }
    for (Json& summary : failing)
        errors.push_back(std::move(summary));
    return errors;
}

constexpr std::int64_t minutes_min = 5;
constexpr std::int64_t minutes_max = 1440;
constexpr std::int64_t minutes_default = 60;

Json rates_or_none(Result<Json> rates) {
    if (rates)
        return std::move(*rates);
    Json none = Json::object();
    none["stepSeconds"] = 60;
    none["points"] = Json::array();
    return none;
}

std::int64_t pending_of(FunctionFacts const& facts) {
    std::int64_t pending = 0;
    for (Json const& trigger : facts.broker)
        pending += integer_at(trigger, "pending").value_or(0);
    return pending;
}

}  // namespace

Task<Json> make_overview(
    ApiContext& context, FunctionFacts facts, Json sources, std::int64_t minutes) {
    Json overview = Json::object();
    overview["rates"] = rates_or_none(co_await context.upstream.get(
        "broker", "/api/v1/rates?minutes=" + std::to_string(minutes)));
    bool const is_simulated_source = std::ranges::any_of(
        sources, [](Json const& source) { return bool_at(source, "simulated", false); });
    overview["sources"] = std::move(sources);
    overview["failingFunctions"] = failing_functions(facts);
    overview["pending"] = pending_of(facts);
    Json services = Json::array();
    std::vector<std::string> names = {"router", "broker"};
    for (std::string& name : context.host.services())
        names.push_back(std::move(name));
    for (std::string const& name : names)
        if (context.upstream.has(name))
            services.push_back(co_await service_state(context, name));
    services.push_back(own_state());
    if (is_simulated_source && context.upstream.has("simulator"))
        services.push_back(co_await service_state(context, "simulator"));
    add_restarts(services, context.upstream.restarts());
    overview["services"] = std::move(services);
    co_return overview;
}

Task<HttpAnswer> handle_overview(ApiContext& context, ApiRequest const& request) {
    std::int64_t minutes = minutes_default;
    if (std::string const text = request.http.query_value("minutes"); !text.empty()) {
        auto const wanted = whole_number(text);
        if (!wanted || *wanted < minutes_min || *wanted > minutes_max)
            co_return make_problem(
                422, "request.invalid", "minutes must be a whole number from 5 to 1440.");
        minutes = *wanted;
    }
    auto const facts = co_await gather_facts(context);
    auto const sources = co_await list_sources(context);
    if (!facts || !sources)
        co_return make_problem(!facts ? facts.error() : sources.error(), "notFound");
    co_return json_body(co_await make_overview(context, *facts, *sources, minutes));
}

}  // namespace millrace::console
