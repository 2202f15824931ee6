// SPDX-License-Identifier: Apache-2.0
#include "common/base/encoding.hpp"
#include "console/api/api_context.hpp"

namespace millrace::console {
namespace {

/// Which function a trigger ("default/echo") runs; null if its subscriber is none.
Json function_of(std::vector<Resource> const& triggers, std::string const& trigger) {
    for (Resource const& candidate : triggers)
        if (candidate.name().text() == trigger &&
            string_at(candidate.spec(), "subscriber/ref/kind") == "Service")
            return string_at(candidate.spec(), "subscriber/ref/name");
    return nullptr;
}

Task<HttpAnswer> one_event(ApiContext& context, std::string seq) {
    bool const is_number = !seq.empty() && seq.size() <= 19 &&
                           seq.find_first_not_of("0123456789") == std::string::npos;
    if (!is_number)
        co_return make_problem(404, "event.notFound", "There is no such event.");
    auto event = co_await context.upstream.get("broker", "/api/v1/events/" + seq);
    if (!event && event.error().code == ErrorCode::not_found)
        co_return make_problem(
            404, "event.notFound",
            "This event does not exist, or is older than the history keeps.");
    if (!event)
        co_return make_problem(event.error(), "event.notFound");
    auto const triggers = co_await context.store.list(kinds::trigger);
    Json detail = Json::object();
    detail["event"] = Json::object();
    detail["dataTruncated"] = bool_at(*event, "dataTruncated", false);
    detail["verdicts"] = Json::array();
    Json row = Json::object();
    for (auto const& [key, value] : event->items()) {
        if (key == "event" || key == "verdicts")
            detail[key] = value;
        else if (key != "dataTruncated")
            row[key] = value;
    }
    for (Json& verdict : detail["verdicts"])
        verdict["function"] =
            triggers ? function_of(*triggers, string_at(verdict, "trigger")) : Json();
    detail["row"] = std::move(row);
    co_return json_body(detail);
}

}  // namespace

Task<HttpAnswer> handle_events(ApiContext& context, ApiRequest const& request) {
    if (request.path.size() == 2)
        co_return co_await one_event(context, request.path[1]);
    std::string const query = request.http.query.empty() ? "" : "?" + request.http.query;
    auto const answer =
        co_await context.upstream.get("broker", "/api/v1/" + request.path[0] + query);
    co_return answer ? json_body(*answer) : make_problem(answer.error(), "notFound");
}

}  // namespace millrace::console
