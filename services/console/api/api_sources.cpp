// SPDX-License-Identifier: Apache-2.0
#include "console/api/api_sources.hpp"

namespace millrace::console {
namespace {

std::string source_state(std::string const& state) {
    if (state == "Reading" || state == "Waiting")
        return "Connected";
    return state == "Connecting" ? "Connecting" : "Error";
}

/// Of what the router reports: the source of that kind and name, or nullptr.
Json const* find_report(Json const& reports, std::string_view kind, std::string const& name) {
    for (Json const& one : reports)
        if (string_at(one, "kind") == kind && string_at(one, "name") == name)
            return &one;
    return nullptr;
}

/// What a report says; its state is that of a source that is there.
Json reported_view(Json const& report) {
    Json json = Json::object();
    json["name"] = string_at(report, "name");
    json["kind"] = string_at(report, "kind");
    json["address"] = string_at(report, "address");
    json["simulated"] = false;
    json["state"] = source_state(string_at(report, "state"));
    json["cause"] = string_at(report, "problem");
    Json const* last = find_json(report, "lastEventTime");
    json["lastEventAt"] = last == nullptr ? Json() : *last;
    Json const* lag = find_json(report, "lagMs");
    json["lagMs"] = lag == nullptr ? Json() : *lag;
    json["events"] = integer_at(report, "delivered").value_or(0);
    json["refused"] = integer_at(report, "deadLettered").value_or(0);
    json["gaps"] = integer_at(report, "unreadable").value_or(0);
    return json;
}

Json source_view(Resource const& resource, Json const* report, std::string const& router_problem) {
    Json json = reported_view(report == nullptr ? Json::object() : *report);
    json["name"] = resource.name().name;
    json["kind"] = kinds::vsphere_source.kind;
    json["address"] = string_at(resource.spec(), "address");
    json["simulated"] = resource.annotation("millrace.dev/simulated") == "true";
    if (report == nullptr) {
        json["state"] = router_problem.empty() ? "Waiting" : "Error";
        json["cause"] = router_problem;
    }
    return json;
}

}  // namespace

Json source_views(std::vector<Resource> const& resources, Result<Json> const& reports) {
    std::string const problem = reports ? "" : reports.error().detail;
    Json const known = reports && reports->is_array() ? *reports : Json::array();
    Json sources = Json::array();
    for (Resource const& resource : resources) {
        std::string const name = resource.name().name;
        sources.push_back(
            source_view(resource, find_report(known, kinds::vsphere_source.kind, name), problem));
    }
    // Those that the router knows and does not read.
    for (Json const& report : known)
        if (string_at(report, "kind") != kinds::vsphere_source.kind)
            sources.push_back(reported_view(report));
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
