// SPDX-License-Identifier: Apache-2.0
#include "console/api/api_context.hpp"

namespace millrace::console {

Task<Result<FunctionFacts>> gather_facts(ApiContext& context) {
    FunctionFacts facts;
    auto services = co_await context.store.list(kinds::service, context.of_functions());
    if (!services)
        co_return std::unexpected(services.error());
    for (Resource& service : *services)
        if (is_function(service))
            facts.services.push_back(std::move(service));
    auto triggers = co_await context.store.list(kinds::trigger, context.of_functions());
    if (!triggers)
        co_return std::unexpected(triggers.error());
    facts.triggers = std::move(*triggers);
    auto functions = co_await context.host.functions(facts.services);
    if (functions)
        facts.functions = std::move(*functions);
    else
        facts.host_problem = functions.error().detail;
    if (auto const counters = co_await context.upstream.get("broker", "/api/v1/triggers"))
        facts.broker = items_of(*counters);
    co_return facts;
}

Task<Result<Resource>> get_function(ApiContext& context, std::string name) {
    auto const none =
        failure(ErrorCode::not_found, "There is no function named " + name.substr(0, 80) + ".");
    // What can be no name of an object is not looked for.
    if (!is_resource_name(name))
        co_return none;
    auto service = co_await context.store.get(kinds::service, context.in_namespace(name));
    bool const missing = !service && service.error().code == ErrorCode::not_found;
    if (missing || (service && !is_function(*service)))
        co_return none;
    co_return std::move(service);
}

Task<Result<bool>> is_simulated(ApiContext& context) {
    auto const sources = co_await context.store.list(kinds::vsphere_source, {});
    if (!sources)
        co_return std::unexpected(sources.error());
    for (Resource const& source : *sources)
        if (source.annotation("millrace.dev/simulated") == "true")
            co_return true;
    co_return false;
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
