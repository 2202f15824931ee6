// SPDX-License-Identifier: Apache-2.0
#include "console/api/api_functions.hpp"

#include "common/base/encoding.hpp"
#include "common/base/log.hpp"
#include "console/api/api_function_create.hpp"
#include "console/api/api_function_settings.hpp"
#include "console/api/api_triggers.hpp"
#include "console/api/whole_number.hpp"

namespace millrace::console {
namespace {

Task<HttpAnswer> list_functions(ApiContext& context) {
    auto const facts = co_await gather_facts(context);
    if (!facts)
        co_return make_problem(facts.error(), "function.notFound");
    Json items = Json::array();
    for (Resource const& service : facts->services)
        items.push_back(function_summary(*facts, service));
    co_return items_body(std::move(items));
}

Task<HttpAnswer> get_one(ApiContext& context, std::string name) {
    auto const service = co_await get_function(context, name);
    if (!service)
        co_return make_problem(service.error(), "function.notFound");
    auto const facts = co_await gather_facts(context);
    co_return facts ? json_body(function_detail(*facts, *service))
                    : make_problem(facts.error(), "function.notFound");
}

/// Triggers first, so that no event is sent to what is going away; then Service, Secret, code.
Task<HttpAnswer> delete_one(ApiContext& context, std::string name) {
    auto const service = co_await get_function(context, name);
    if (!service)
        co_return make_problem(service.error(), "function.notFound");
    // All is looked up before anything is deleted: nothing is left behind for an error.
    auto const triggers = co_await context.store.list(kinds::trigger, context.of_functions());
    auto const codes = co_await context.store.list(
        kinds::config_map,
        {.name_space = service->name().name_space, .labels = {{"millrace.dev/function", name}}});
    if (!triggers || !codes)
        co_return make_problem(!triggers ? triggers.error() : codes.error(), "function.notFound");
    struct Doomed {
        ResourceKind const& kind;
        ResourceName name;
        std::string uid;  ///< what has its name by then may be another one
    };
    std::vector<Doomed> doomed;
    for (Resource const* trigger : triggers_of(*triggers, name))
        doomed.push_back({kinds::trigger, trigger->name(), trigger->uid()});
    doomed.push_back({kinds::service, service->name(), service->uid()});
    doomed.push_back({kinds::secret, context.in_namespace(name + "-secret"), {}});
    for (Resource const& code : *codes)
        doomed.push_back({kinds::config_map, code.name(), code.uid()});
    for (Doomed const& one : doomed)
        if (auto const removed = co_await context.store.remove(one.kind, one.name, one.uid);
            !removed)
            co_return make_problem(removed.error(), "function.notFound");
    log::info("Function deleted.", {{"function", name}});
    co_return empty_answer();
}

Task<HttpAnswer> logs(ApiContext& context, ApiRequest const& request) {
    std::string const name = request.path[1];
    if (auto const service = co_await get_function(context, name); !service)
        co_return make_problem(service.error(), "function.notFound");
    constexpr std::int64_t lines_usual = 200;
    constexpr std::int64_t lines_max = 2'000;
    std::string const tail = request.http.query_value("tail");
    auto const wanted = tail.empty() ? std::optional(lines_usual) : whole_number(tail);
    if (!wanted || *wanted > lines_max)
        co_return make_problem(
            422, "request.invalid", "tail must be a whole number from 0 to 2000.");
    if (request.path.size() == 4) {
        auto answer = co_await context.host.follow_log(name, *wanted);
        co_return answer ? std::move(*answer) : make_problem(answer.error(), "function.notFound");
    }
    auto lines = co_await context.host.log(name, *wanted);
    // The host has not seen it yet: nothing has been logged.
    if (!lines && lines.error().code == ErrorCode::not_found)
        co_return items_body(Json::array());
    co_return lines ? items_body(std::move(*lines))
                    : make_problem(lines.error(), "function.notFound");
}

Task<HttpAnswer> revisions(ApiContext& context, std::string name) {
    auto const service = co_await get_function(context, name);
    if (!service)
        co_return make_problem(service.error(), "function.notFound");
    auto const records = co_await context.host.revisions(*service);
    if (!records && records.error().code != ErrorCode::not_found)
        co_return make_problem(records.error(), "function.notFound");
    auto const facts = co_await gather_facts(context);
    if (!facts)
        co_return make_problem(facts.error(), "function.notFound");
    co_return items_body(revision_views(*facts, *service, records ? *records : Json::array()));
}

}  // namespace

Task<HttpAnswer> handle_functions(ApiContext& context, ApiRequest const& request) {
    std::string const& method = request.http.method;
    std::size_t const depth = request.path.size();
    if (depth == 1)
        co_return method == "GET" ? co_await list_functions(context)
                                  : co_await create_function(context, request);
    if (depth == 2)
        co_return method == "GET" ? co_await get_one(context, request.path[1])
                                  : co_await delete_one(context, request.path[1]);
    std::string const& part = request.path[2];
    if (part == "logs")
        co_return co_await logs(context, request);
    if (part == "revisions")
        co_return co_await revisions(context, request.path[1]);
    if (part == "triggers")
        co_return co_await handle_triggers(context, request);
    co_return co_await handle_function_settings(context, request);
}

}  // namespace millrace::console
