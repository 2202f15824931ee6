// SPDX-License-Identifier: Apache-2.0
#include "console/api/api_function_create.hpp"

#include <algorithm>

#include "common/base/log.hpp"
#include "console/functions/function_edit.hpp"
#include "console/functions/trigger_filter.hpp"

namespace millrace::console {
namespace {

/// What a checked FunctionCreate asks for.
struct Wish {
    std::string name;
    Recipe const* recipe = nullptr;
    std::vector<TriggerFilter> triggers;
    std::map<std::string, std::string> env;
    SecretValues secrets;
};

Wish read_wish(Json const& body, std::vector<Recipe> const& recipes, FieldFaults& faults) {
    Wish wish;
    wish.name = string_at(body, "name");
    if (!is_function_name(wish.name))
        faults.push_back(
            {"/name", "invalid",
             "must be lower-case letters, digits and '-', a letter first, at most 50, and not "
             "\"new\"."});
    std::string const id = string_at(body, "recipe");
    auto const found = std::ranges::find(recipes, id, &Recipe::id);
    if (found == recipes.end())
        faults.push_back({"/recipe", "unknown", "There is no recipe " + id.substr(0, 80) + "."});
    else
        wish.recipe = &*found;
    Json const* triggers = find_json(body, "triggers");
    if (triggers == nullptr || !triggers->is_array() || triggers->empty() || triggers->size() > 20)
        faults.push_back({"/triggers", "invalid", "must be a list of 1 to 20 triggers."});
    else
        for (Json const& trigger : *triggers) {
            std::string const at = "/triggers/" + std::to_string(wish.triggers.size());
            wish.triggers.push_back(filter_from_json(trigger, at, faults));
        }
    wish.env = map_from_json(find_json(body, "env"), "/env", faults);
    wish.secrets = secrets_from_json(find_json(body, "secrets"), "/secrets", faults);
    check_names_apart(names_of(wish.env), names_of(wish.secrets), "/secrets", faults);
    if (wish.recipe != nullptr)
        for (auto const& [key, example] : wish.recipe->secret)
            if (!example.empty() && wish.secrets[key].empty())
                faults.push_back({"/secrets/" + key, "required", "is needed by this recipe."});
    return wish;
}

/// The objects in the order they are written: Secret, code, Service, Triggers. `triggers`: those
/// there are already.
std::vector<std::pair<ResourceKind const*, Resource>> make_objects(
    ApiContext const& context, Wish const& wish, std::vector<Resource> triggers) {
    FunctionObjects made = make_function(*wish.recipe, context.in_namespace(wish.name));
    set_image_prefix(made.service, context.image_prefix);
    // First: of two Secrets with the same key the later one counts.
    if (!context.proxy_secret.empty())
        ensure_secret(made.service, context.proxy_secret, SecretNeed::optional);
    std::vector<std::pair<ResourceKind const*, Resource>> objects;
    SecretValues secrets = wish.secrets;
    std::erase_if(secrets, [](auto const& entry) { return entry.second.empty(); });
    std::string const secret_name = wish.name + "-secret";
    if (!secrets.empty())
        ensure_secret(made.service, secret_name);
    // The recipe may read a Secret of which nothing is needed: it must exist all the same.
    if (!secrets.empty() || !wish.recipe->secret.empty())
        objects.emplace_back(
            &kinds::secret, make_secret(context.in_namespace(secret_name), secrets));
    if (!wish.env.empty())
        set_env(made.service, wish.env);
    objects.emplace_back(&kinds::config_map, std::move(made.code));
    objects.emplace_back(&kinds::service, std::move(made.service));
    // Another function's second trigger may have the name this one's first would get.
    for (TriggerFilter const& filter : wish.triggers) {
        ResourceName const name = context.in_namespace(free_trigger_name(triggers, wish.name));
        triggers.push_back(make_trigger(name, wish.name, filter));
        objects.emplace_back(&kinds::trigger, triggers.back());
    }
    return objects;
}

/// Writes all, or takes back what it has written.
Task<Result<void>> write_all(
    ApiContext& context, std::vector<std::pair<ResourceKind const*, Resource>> objects) {
    std::vector<std::tuple<ResourceKind const*, ResourceName, std::string>> written;
    for (auto& [kind, object] : objects) {
        ResourceName const name = object.name();
        auto const applied = co_await context.store.apply(*kind, std::move(object));
        if (applied) {
            written.emplace_back(kind, name, applied->uid());
            continue;
        }
        Error const& problem = applied.error();
        for (auto const& [written_kind, written_name, uid] : written)
            if (auto const back = co_await context.store.remove(*written_kind, written_name, uid);
                !back)
                log::error("Object could not be taken back.", {{"reason", back.error().detail}});
        co_return std::unexpected(problem);
    }
    co_return Result<void>();
}

}  // namespace

Task<HttpAnswer> create_function(ApiContext& context, ApiRequest const& request) {
    FieldFaults faults;
    Wish const wish = read_wish(request.body, context.recipes, faults);
    if (!faults.empty())
        co_return make_problem(422, "function.invalid", "This function cannot be made.", faults);
    auto const taken = co_await context.store.get(kinds::service, context.in_namespace(wish.name));
    if (!taken && taken.error().code != ErrorCode::not_found &&
        taken.error().code != ErrorCode::invalid)
        co_return make_problem(taken.error(), "function.notFound");
    if (taken || taken.error().code == ErrorCode::invalid)
        co_return make_problem(
            409, "function.exists",
            "A function named " + wish.name + " exists already. Choose another name.",
            {{"/name", "taken", wish.name + " is taken."}});
    auto const triggers = co_await context.store.list(kinds::trigger, context.of_functions());
    if (!triggers)
        co_return make_problem(triggers.error(), "function.notFound");
    auto const written = co_await write_all(context, make_objects(context, wish, *triggers));
    if (!written)
        co_return make_problem(written.error(), "function.notFound");
    auto const service = co_await get_function(context, wish.name);
    if (!service)
        co_return make_problem(service.error(), "function.notFound");
    log::info("Function created.", {{"function", wish.name}, {"recipe", wish.recipe->id}});
    auto const facts = co_await gather_facts(context);
    if (!facts)
        co_return make_problem(facts.error(), "function.notFound");
    HttpAnswer answer = json_body(function_detail(*facts, *service), 201);
    answer.headers.add("Location", "/api/v1/functions/" + wish.name);
    co_return answer;
}

}  // namespace millrace::console
