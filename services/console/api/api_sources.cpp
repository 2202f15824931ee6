// SPDX-License-Identifier: Apache-2.0
#include "console/api/api_sources.hpp"

namespace millrace::console {
namespace {

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

Json source_views(std::vector<Resource> const& resources, Result<Json> const& reports) {
    std::string const problem = reports ? "" : reports.error().detail;
    Json sources = Json::array();
    for (Resource const& resource : resources) {
        Json const* report = nullptr;
        if (reports && reports->is_array())
            for (Json const& one : *reports)
                if (string_at(one, "name") == resource.name().name)
                    report = &one;
        sources.push_back(source_view(resource, report, problem));
    }
    return sources;
}

Task<Result<Json>> list_sources(ApiContext& context) {
    auto const resources = co_await context.store.list(kinds::vsphere_source, {});
    if (!resources)
        co_return std::unexpected(resources.error());
    co_return source_views(*resources, co_await context.upstream.get("router", "/api/v1/sources"));
}

Task<HttpAnswer> handle_sources(ApiContext& context, ApiRequest const&) {
    auto sources = co_await list_sources(context);
    co_return sources ? items_body(std::move(*sources)) : make_problem(sources.error(), "notFound");
}

}  // namespace millrace::console
