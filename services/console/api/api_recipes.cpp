// SPDX-License-Identifier: Apache-2.0
#include "console/api/api_recipes.hpp"

#include <algorithm>

#include "console/functions/function_edit.hpp"
#include "console/functions/trigger_filter.hpp"

namespace millrace::console {
namespace {

Json event_types_of(Recipe const& recipe) {
    Json types = Json::array();
    for (Resource const& trigger : recipe.triggers) {
        auto const filter = read_filter(trigger.spec());
        if (!filter || filter->types.empty())
            return Json::array();
        for (std::string const& type : filter->types)
            types.push_back(type);
    }
    return types;
}

/// By runtime: how it is added where it is absent.
using Remedies = std::map<std::string, std::string>;

/// The runner knows. A gallery without it is a gallery all the same: a function says so, too.
Task<Remedies> remedies_of(ApiContext& context) {
    Remedies remedies;
    auto const answer = co_await context.upstream.get("runner", "/api/v1/runtimes");
    Json const* items = answer ? find_json(*answer, "items") : nullptr;
    if (items != nullptr && items->is_array())
        for (Json const& runtime : *items)
            remedies[string_at(runtime, "name")] = string_at(runtime, "remedy");
    co_return remedies;
}

Json summary_of(Recipe const& recipe, Remedies const& remedies) {
    Json json = Json::object();
    json["id"] = recipe.id;
    json["title"] = recipe.title;
    json["summary"] = recipe.description;
    json["runtime"] = recipe.runtime;
    auto const remedy = remedies.find(recipe.runtime);
    json["remedy"] = remedy == remedies.end() ? "" : remedy->second;
    json["eventTypes"] = event_types_of(recipe);
    return json;
}

std::string kind_of(std::string const& name) {
    auto const has = [&name](std::string_view part) {
        return name.find(part) != std::string::npos;
    };
    if (has("PASSWORD") || has("TOKEN"))
        return "password";
    if (has("CERTIFICATE") || has("_PEM"))
        return "multiline";
    return has("URL") ? "url" : "text";
}

/// Words that are not written in lower case.
std::map<std::string, std::string> const& spellings() {
    static std::map<std::string, std::string> const words = {
        {"CA", "CA"}, {"ID", "ID"}, {"URL", "URL"}, {"VCENTER", "vCenter"}, {"VROPS", "vROps"}};
    return words;
}

/// "VROPS_AUTH_SOURCE" as "vROps auth source".
std::string title_of(std::string_view name) {
    std::string title;
    while (!name.empty()) {
        std::string word(name.substr(0, name.find('_')));
        name.remove_prefix(std::min(name.size(), word.size() + 1));
        auto const found = spellings().find(word);
        bool const is_first = title.empty();
        for (char& c : word)
            if (c >= 'A' && c <= 'Z' && !(is_first && &c == word.data()))
                c = static_cast<char>(c + 32);
        title += (is_first ? "" : " ") + (found == spellings().end() ? word : found->second);
    }
    return title;
}

/// What the README's table says of a setting: "| `NAME` | meaning |".
std::string description_of(std::string const& readme, std::string const& name) {
    auto const at = readme.find("`" + name + "`");
    if (at == std::string::npos)
        return {};
    auto const bar = readme.find('|', at);
    auto const line_end = readme.find('\n', at);
    if (bar == std::string::npos || bar > line_end)
        return {};
    std::string text = readme.substr(bar + 1, readme.find('|', bar + 1) - bar - 1);
    std::erase(text, '`');
    while (text.starts_with(' '))
        text.erase(0, 1);
    while (text.ends_with(' '))
        text.pop_back();
    return text;
}

Json field_of(Recipe const& recipe, std::string const& name, std::string const& example) {
    Json json = Json::object();
    json["name"] = name;
    json["title"] = title_of(name);
    json["description"] = description_of(recipe.readme, name);
    json["kind"] = kind_of(name);
    json["required"] = !example.empty();
    json["default"] = "";
    if (!example.empty() && kind_of(name) != "password")
        json["example"] = example;
    return json;
}

/// `connection`: the simulator's, null where the source is none.
Json secret_fields(Recipe const& recipe, Json const& connection) {
    Json fields = Json::array();
    for (auto const& [name, example] : recipe.secret) {
        Json field = field_of(recipe, name, example);
        auto const known = recipe.simulated_secret.find(name);
        if (known != recipe.simulated_secret.end())
            field["default"] = string_at(connection, known->second);
        fields.push_back(std::move(field));
    }
    return fields;
}

Json detail_of(Recipe const& recipe, Json const& connection, Remedies const& remedies) {
    Json json = summary_of(recipe, remedies);
    json["readme"] = recipe.readme;
    json["files"] = files_to_json(recipe.files, recipe.runtime, "")["files"];
    json["triggers"] = Json::array();
    for (Resource const& trigger : recipe.triggers)
        json["triggers"].push_back(
            filter_to_json(read_filter(trigger.spec()).value_or(TriggerFilter())));
    json["env"] = Json::array();
    for (Json const& item : env_of(recipe.service)) {
        Json field = field_of(recipe, string_at(item, "name"), "");
        field["default"] = string_at(item, "value");
        json["env"].push_back(std::move(field));
    }
    json["secrets"] = secret_fields(recipe, connection);
    return json;
}

/// How the simulator is reached, so that a recipe works in the demo without any typing; null where
/// the source is real, or the simulator does not answer.
Task<Json> demo_connection(ApiContext& context, Recipe const& recipe) {
    if (recipe.simulated_secret.empty())
        co_return Json();
    // A form without its demo defaults is a form all the same.
    if (auto const simulated = co_await is_simulated(context); !simulated || !*simulated)
        co_return Json();
    auto connection = co_await context.upstream.get("simulator", "/api/v1/connection");
    co_return connection ? std::move(*connection) : Json();
}

}  // namespace

Task<HttpAnswer> handle_recipes(ApiContext& context, ApiRequest const& request) {
    Remedies const remedies = co_await remedies_of(context);
    if (request.path.size() == 1) {
        Json items = Json::array();
        for (Recipe const& recipe : context.recipes)
            items.push_back(summary_of(recipe, remedies));
        co_return items_body(std::move(items));
    }
    auto const found = std::ranges::find(context.recipes, request.path[1], &Recipe::id);
    if (found == context.recipes.end())
        co_return make_problem(404, "recipe.notFound", "There is no such recipe.");
    Json const connection = co_await demo_connection(context, *found);
    co_return json_body(detail_of(*found, connection, remedies));
}

}  // namespace millrace::console
