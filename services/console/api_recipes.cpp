// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "console/api_context.hpp"
#include "console/function_edit.hpp"
#include "console/trigger_filter.hpp"

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

Json summary_of(Recipe const& recipe) {
    Json json = Json::object();
    json["id"] = recipe.id;
    json["title"] = recipe.title;
    json["summary"] = recipe.description;
    json["runtime"] = recipe.runtime;
    json["eventTypes"] = event_types_of(recipe);
    return json;
}

std::string kind_of(std::string const& name) {
    auto const has = [&name](std::string_view part) {
        return name.find(part) != std::string::npos;
    };
    if (has("PASSWORD") || has("TOKEN"))
        return "password";
    return has("URL") ? "url" : "text";
}

/// "VROPS_AUTH_SOURCE" as "Vrops auth source".
std::string title_of(std::string name) {
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] == '_')
            name[i] = ' ';
        else if (i > 0 && name[i] >= 'A' && name[i] <= 'Z')
            name[i] = static_cast<char>(name[i] + 32);
    }
    return name;
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

Json detail_of(Recipe const& recipe) {
    Json json = summary_of(recipe);
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
    json["secrets"] = Json::array();
    for (auto const& [name, example] : recipe.secret)
        json["secrets"].push_back(field_of(recipe, name, example));
    return json;
}

}  // namespace

Task<HttpAnswer> handle_recipes(ApiContext& context, ApiRequest const& request) {
    if (request.path.size() == 1) {
        Json items = Json::array();
        for (Recipe const& recipe : context.recipes)
            items.push_back(summary_of(recipe));
        co_return items_body(std::move(items));
    }
    auto const found = std::ranges::find(context.recipes, request.path[1], &Recipe::id);
    if (found == context.recipes.end())
        co_return make_problem(404, "recipe.notFound", "There is no such recipe.");
    co_return json_body(detail_of(*found));
}

}  // namespace millrace::console
