// SPDX-License-Identifier: Apache-2.0
#include "console/api/api_datacentre.hpp"

#include <algorithm>
#include <array>

namespace millrace::console {
namespace {

constexpr std::array<std::string_view, 8> operations = {
    "powerOn",  "powerOff",         "reset",          "suspend", "migrate",
    "snapshot", "enterMaintenance", "exitMaintenance"};

/// Only these members, in this order: the simulator tells more than the API promises.
Json pick(Json const& from, std::initializer_list<char const*> keys) {
    Json picked = Json::object();
    for (char const* key : keys)
        if (Json const* value = find_json(from, key))
            picked[key] = *value;
    return picked;
}

Json const& list_at(Json const& from, char const* key) {
    static Json const none = Json::array();
    Json const* list = find_json(from, key);
    return list != nullptr && list->is_array() ? *list : none;
}

Json host_view(Json const& from) {
    Json host = pick(from, {"id", "name", "connection", "maintenance", "vrops"});
    host["vms"] = Json::array();
    for (Json const& vm : list_at(from, "vms"))
        host["vms"].push_back(pick(vm, {"id", "name", "power", "snapshots"}));
    return host;
}

/// API schema Datacentre.
Json datacentre_view(Json const& inventory) {
    Json datacentre = pick(inventory, {"name"});
    datacentre["clusters"] = Json::array();
    for (Json const& from : list_at(inventory, "clusters")) {
        Json cluster = pick(from, {"id", "name"});
        cluster["hosts"] = Json::array();
        for (Json const& host : list_at(from, "hosts"))
            cluster["hosts"].push_back(host_view(host));
        datacentre["clusters"].push_back(std::move(cluster));
    }
    return datacentre;
}

HttpAnswer refused(Error const& error) {
    switch (error.code) {
        case ErrorCode::not_found:
            return make_problem(404, "datacentre.targetNotFound", error.detail);
        case ErrorCode::conflict:
            return make_problem(409, "datacentre.invalidState", error.detail);
        default:
            return make_problem(error, "datacentre.targetNotFound");
    }
}

HttpAnswer begun(std::string const& action, Json const& answer) {
    std::string const task = string_at(answer, "task");
    Json json = Json::object();
    json["action"] = action;
    json["task"] = task.empty() ? Json() : Json(task);
    return json_body(json, 202);
}

Task<HttpAnswer> act(ApiContext& context, Json const& body) {
    std::string const action = string_at(body, "action");
    Json order = Json::object();
    if (action == "burst") {
        constexpr std::int64_t count_max = 10'000;
        std::int64_t const count = integer_at(body, "count").value_or(500);
        if (count < 1 || count > count_max)
            co_return make_problem(
                422, "request.invalid", "The burst cannot be made.",
                {{"/count", "invalid", "must be from 1 to 10000."}});
        order["count"] = count;
        auto const answer =
            co_await context.upstream.post("simulator", "/api/v1/bursts", std::move(order));
        co_return answer ? begun(action, *answer) : refused(answer.error());
    }
    FieldFaults faults;
    if (std::ranges::find(operations, action) == operations.end())
        faults.push_back(
            {"/action", "invalid",
             "must be one of powerOn, powerOff, reset, suspend, migrate, "
             "snapshot, enterMaintenance, exitMaintenance, burst."});
    if (string_at(body, "target").empty())
        faults.push_back(
            {"/target", "required", "must be the id of a VM, or of a host for maintenance."});
    if (!faults.empty())
        co_return make_problem(422, "request.invalid", "This action cannot be done.", faults);
    order["operation"] = action;
    order["target"] = string_at(body, "target");
    if (std::string const host = string_at(body, "host"); !host.empty())
        order["host"] = host;
    auto const answer =
        co_await context.upstream.post("simulator", "/api/v1/operations", std::move(order));
    co_return answer ? begun(action, *answer) : refused(answer.error());
}

}  // namespace

Task<Result<Json>> read_datacentre(ApiContext& context) {
    auto const inventory = co_await context.upstream.get("simulator", "/api/v1/inventory");
    if (!inventory)
        co_return std::unexpected(inventory.error());
    co_return datacentre_view(*inventory);
}

Task<HttpAnswer> handle_datacentre(ApiContext& context, ApiRequest const& request) {
    auto const simulated = co_await is_simulated(context);
    if (!simulated)
        co_return make_problem(simulated.error(), "datacentre.notSimulated");
    if (!*simulated)
        co_return make_problem(
            404, "datacentre.notSimulated",
            "The event source is a real vCenter, not the simulator.");
    if (request.path.size() == 2)
        co_return co_await act(context, request.body);
    auto const datacentre = co_await read_datacentre(context);
    co_return datacentre ? json_body(*datacentre) : refused(datacentre.error());
}

}  // namespace millrace::console
