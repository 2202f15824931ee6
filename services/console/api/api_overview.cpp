// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include "console/api/api_context.hpp"

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

int wanted_minutes(HttpRequest const& request) {
    std::string const text = request.query_value("minutes");
    int minutes = 60;
    std::from_chars(text.data(), text.data() + text.size(), minutes);
    return std::clamp(minutes, 5, 1440);
}

}  // namespace

Task<HttpAnswer> handle_overview(ApiContext& context, ApiRequest const& request) {
    Json overview = Json::object();
    auto const rates = co_await context.upstream.get(
        "broker", "/api/v1/rates?minutes=" + std::to_string(wanted_minutes(request.http)));
    if (rates) {
        overview["rates"] = *rates;
    } else {
        overview["rates"]["stepSeconds"] = 60;
        overview["rates"]["points"] = Json::array();
    }
    overview["sources"] = co_await list_sources(context);
    overview["failingFunctions"] = failing_functions(co_await gather_facts(context));
    Json services = Json::array();
    for (std::string const name : {"router", "broker", "runner"})
        services.push_back(co_await service_state(context, name));
    Json console = Json::object();
    console["name"] = "console";
    console["state"] = "up";
    console["cause"] = "";
    console["version"] = MILLRACE_VERSION;
    services.push_back(std::move(console));
    if (co_await is_simulated(context))
        services.push_back(co_await service_state(context, "simulator"));
    overview["services"] = std::move(services);
    co_return json_body(overview);
}

}  // namespace millrace::console
