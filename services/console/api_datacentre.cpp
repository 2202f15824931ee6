// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "console/api_context.hpp"

namespace millrace::console {
namespace {

constexpr std::array<std::string_view, 8> operations = {
    "powerOn",  "powerOff",         "reset",          "suspend", "migrate",
    "snapshot", "enterMaintenance", "exitMaintenance"};

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
    if (std::ranges::find(operations, action) == operations.end())
        co_return make_problem(
            422, "request.invalid", "This action is not known.",
            {{"/action", "invalid",
              "must be one of powerOn, powerOff, reset, suspend, migrate, "
              "snapshot, enterMaintenance, exitMaintenance, burst."}});
    order["operation"] = action;
    order["target"] = string_at(body, "target");
    if (std::string const host = string_at(body, "host"); !host.empty())
        order["host"] = host;
    auto const answer =
        co_await context.upstream.post("simulator", "/api/v1/operations", std::move(order));
    co_return answer ? begun(action, *answer) : refused(answer.error());
}

}  // namespace

Task<HttpAnswer> handle_datacentre(ApiContext& context, ApiRequest const& request) {
    if (!co_await is_simulated(context))
        co_return make_problem(
            404, "datacentre.notSimulated",
            "The event source is a real vCenter, not the simulator.");
    if (request.path.size() == 2 && request.path[1] == "actions" && request.http.method == "POST")
        co_return co_await act(context, request.body);
    if (request.path.size() != 1 || request.http.method != "GET")
        co_return make_problem(404, "notFound", "There is nothing here.");
    auto const inventory = co_await context.upstream.get("simulator", "/api/v1/inventory");
    co_return inventory ? json_body(*inventory) : refused(inventory.error());
}

}  // namespace millrace::console
