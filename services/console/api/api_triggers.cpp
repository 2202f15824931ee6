// SPDX-License-Identifier: Apache-2.0
#include "console/api/api_triggers.hpp"

#include "console/functions/trigger_filter.hpp"

namespace millrace::console {
namespace {

constexpr std::size_t triggers_max = 50;

Task<HttpAnswer> add(ApiContext& context, ApiRequest const& request, FunctionFacts const& facts) {
    std::string const function = request.path[1];
    FieldFaults faults;
    TriggerFilter const filter = filter_from_json(request.body, "", faults);
    if (triggers_of(facts.triggers, function).size() >= triggers_max)
        faults.push_back({"", "tooMany", "A function may have 50 triggers."});
    if (!faults.empty())
        co_return make_problem(422, "trigger.invalid", "This trigger cannot be saved.", faults);
    ResourceName const name = context.in_namespace(free_trigger_name(facts.triggers, function));
    auto const applied =
        co_await context.store.apply(kinds::trigger, make_trigger(name, function, filter));
    if (!applied)
        co_return make_problem(applied.error(), "trigger.notFound");
    co_return json_body(trigger_view(facts, *applied), 201);
}

Task<HttpAnswer> replace(
    ApiContext& context, ApiRequest const& request, FunctionFacts const& facts, Resource trigger) {
    if (!read_filter(trigger.spec()))
        co_return make_problem(
            409, "trigger.notEditable",
            "The filter of this trigger says more than this form can; change it as YAML.");
    if (auto refused = check_if_match(request.http, etag_of(trigger.spec())))
        co_return *refused;
    FieldFaults faults;
    TriggerFilter const filter = filter_from_json(request.body, "", faults);
    if (!faults.empty())
        co_return make_problem(422, "trigger.invalid", "This trigger cannot be saved.", faults);
    set_filter(trigger, filter);
    // Only the filter was checked against; a status written meanwhile is no conflict.
    trigger.object["metadata"].erase("resourceVersion");
    auto const applied = co_await context.store.apply(kinds::trigger, std::move(trigger));
    if (!applied)
        co_return make_problem(applied.error(), "trigger.notFound");
    co_return json_body(trigger_view(facts, *applied));
}

}  // namespace

Task<HttpAnswer> handle_triggers(ApiContext& context, ApiRequest const& request) {
    std::string const& method = request.http.method;
    std::string const function = request.path[1];
    auto const service = co_await get_function(context, function);
    if (!service)
        co_return make_problem(service.error(), "function.notFound");
    auto const gathered = co_await gather_facts(context);
    if (!gathered)
        co_return make_problem(gathered.error(), "function.notFound");
    FunctionFacts const& facts = *gathered;
    auto const triggers = triggers_of(facts.triggers, function);
    if (request.path.size() == 3 && method == "GET") {
        Json items = Json::array();
        for (Resource const* trigger : triggers)
            items.push_back(trigger_view(facts, *trigger));
        co_return items_body(std::move(items));
    }
    if (request.path.size() == 3)
        co_return co_await add(context, request, facts);
    std::string const& wanted = request.path[3];
    auto const found = std::ranges::find_if(
        triggers, [&](Resource const* one) { return one->name().name == wanted; });
    if (found == triggers.end())
        co_return make_problem(404, "trigger.notFound", "This function has no such trigger.");
    if (method == "PUT")
        co_return co_await replace(context, request, facts, **found);
    auto const removed =
        co_await context.store.remove(kinds::trigger, (*found)->name(), (*found)->uid());
    co_return removed ? empty_answer() : make_problem(removed.error(), "trigger.notFound");
}

}  // namespace millrace::console
