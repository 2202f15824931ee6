// SPDX-License-Identifier: Apache-2.0
#include "common/function/recipe.hpp"

#include <algorithm>

#include "common/base/encoding.hpp"
#include "common/base/file.hpp"
#include "common/base/yaml.hpp"

namespace millrace {
namespace {

constexpr std::size_t file_bytes_max = 512 * 1024;
constexpr std::string_view not_code[] = {
    "function.yaml", "README.md", "secret.example.json", "secret.simulator.json"};

void add(Faults& to, Faults const& faults) {
    to.insert(to.end(), faults.begin(), faults.end());
}

void read_objects(std::filesystem::path const& file, Recipe& recipe, Faults& faults) {
    auto const text = read_file(file, file_bytes_max);
    if (!text) {
        faults.push_back({file.string(), text.error().detail});
        return;
    }
    auto documents = parse_yaml(*text, file.string());
    if (!documents)
        return add(faults, documents.error());
    std::size_t services = 0;
    for (YamlDocument& document : *documents) {
        std::string const kind = string_at(document.value, "kind");
        ResourceKind const* found = find_kind(string_at(document.value, "apiVersion"), kind);
        if (found != nullptr && *found == kinds::service) {
            recipe.service.object = std::move(document.value);
            ++services;
        } else if (found != nullptr && *found == kinds::trigger) {
            recipe.triggers.push_back({std::move(document.value)});
        } else {
            faults.push_back(
                {document.place(file.string(), "kind"),
                 "must be a Service (serving.knative.dev/v1) or a Trigger "
                 "(eventing.knative.dev/v1)."});
        }
    }
    if (services != 1)
        faults.push_back({file.string(), "must hold exactly one Service."});
}

void read_files(std::filesystem::path const& folder, Recipe& recipe, Faults& faults) {
    auto const paths = list_folder(folder);
    if (!paths) {
        faults.push_back({folder.string(), paths.error().detail});
        return;
    }
    for (std::filesystem::path const& path : *paths) {
        std::string const name = path.filename().string();
        std::error_code unknown;
        bool const is_code = std::filesystem::is_regular_file(path, unknown) &&
                             !name.starts_with('.') &&
                             std::ranges::find(not_code, name) == std::end(not_code);
        if (!is_code)
            continue;
        auto content = read_file(path, file_bytes_max);
        if (content)
            recipe.files[name] = std::move(*content);
        else
            faults.push_back({path.string(), content.error().detail});
    }
    if (recipe.files.empty())
        faults.push_back({folder.string(), "has no handler."});
}

/// An object of texts; a file that is not there is an empty one.
std::map<std::string, std::string> read_texts(std::filesystem::path const& file, Faults& faults) {
    std::map<std::string, std::string> texts;
    auto const text = read_file(file, file_bytes_max);
    if (!text && text.error().code == ErrorCode::not_found)
        return texts;
    auto const values = text ? parse_json(*text) : Result<Json>(std::unexpected(text.error()));
    if (!values || !values->is_object()) {
        faults.push_back({file.string(), values ? "must be an object." : values.error().detail});
        return texts;
    }
    for (auto const& [key, value] : values->items()) {
        if (!value.is_string())
            faults.push_back({file.string() + ": " + key, "must be a text."});
        texts[key] = string_at(value, "");
    }
    return texts;
}

/// Every string equal to `from` in `value` becomes `to`.
void replace_text(Json& value, std::string const& from, std::string const& to) {
    if (value.is_string()) {
        if (string_at(value, "") == from)
            value = to;
        return;
    }
    if (value.is_structured())
        for (Json& item : value)
            replace_text(item, from, to);
}

Json* find_mutable(Json& value, std::string_view path) {
    return const_cast<Json*>(find_json(value, path));  // value itself is not const
}

}  // namespace

Checked<Recipe> load_recipe(std::filesystem::path const& folder) {
    Recipe recipe;
    Faults faults;
    recipe.id = folder.filename().string();
    read_objects(folder / "function.yaml", recipe, faults);
    read_files(folder, recipe, faults);
    recipe.secret = read_texts(folder / "secret.example.json", faults);
    recipe.simulated_secret = read_texts(folder / "secret.simulator.json", faults);
    recipe.readme = read_file(folder / "README.md", file_bytes_max).value_or("");
    recipe.runtime = recipe.service.label(runtime_label);
    recipe.title = recipe.service.annotation("millrace.dev/title");
    recipe.description = recipe.service.annotation("millrace.dev/description");
    if (recipe.title.empty())
        recipe.title = recipe.id;
    if (!faults.empty())
        return std::unexpected(std::move(faults));
    return recipe;
}

Resource make_code(ResourceName const& function, std::map<std::string, std::string> const& files) {
    Resource code;
    Json data = Json::object();
    for (auto const& [name, content] : files)
        data[name] = content;
    char hash[17];
    std::snprintf(
        hash, sizeof hash, "%016llx", static_cast<unsigned long long>(fnv1a(dump_json(data))));
    code.object["apiVersion"] = kinds::config_map.api_version();
    code.object["kind"] = kinds::config_map.kind;
    code.object["metadata"] = {
        {"name", function.name + "-" + std::string(hash, 10)},
        {"namespace", function.name_space},
        {"labels", {{"millrace.dev/function", function.name}}}};
    code.object["immutable"] = true;
    code.object["data"] = std::move(data);
    return code;
}

std::string code_name(Resource const& service) {
    Json const* volumes = find_json(service.object, "spec/template/spec/volumes");
    if (volumes == nullptr || !volumes->is_array())
        return {};
    for (Json const& volume : *volumes)
        if (string_at(volume, "name") == "code")
            return string_at(volume, "configMap/name");
    return {};
}

void set_code_name(Resource& service, std::string const& name) {
    Json* volumes = find_mutable(service.object, "spec/template/spec/volumes");
    if (volumes == nullptr || !volumes->is_array())
        return;
    for (Json& volume : *volumes)
        if (string_at(volume, "name") == "code")
            volume["configMap"] = {{"name", name}};
}

FunctionObjects make_function(Recipe const& recipe, ResourceName const& name) {
    FunctionObjects objects;
    objects.code = make_code(name, recipe.files);
    objects.service = recipe.service;
    std::string const old_name = recipe.service.name().name;
    replace_text(objects.service.object, old_name + "-secret", name.name + "-secret");
    objects.service.object["metadata"]["name"] = name.name;
    objects.service.object["metadata"]["namespace"] = name.name_space;
    objects.service.object["metadata"]["annotations"][recipe_annotation] = recipe.id;
    set_code_name(objects.service, objects.code.name().name);
    for (Resource trigger : recipe.triggers) {
        std::string trigger_name = trigger.name().name;
        if (trigger_name.starts_with(old_name))
            trigger_name = name.name + trigger_name.substr(old_name.size());
        trigger.object["metadata"]["name"] = trigger_name;
        trigger.object["metadata"]["namespace"] = name.name_space;
        if (Json* subscriber = find_mutable(trigger.object, "spec/subscriber"))
            replace_text(*subscriber, old_name, name.name);
        objects.triggers.push_back(std::move(trigger));
    }
    return objects;
}

Resource make_secret(ResourceName const& name, SecretValues const& values) {
    Resource secret;
    secret.object["apiVersion"] = kinds::secret.api_version();
    secret.object["kind"] = kinds::secret.kind;
    secret.object["metadata"] = {{"name", name.name}, {"namespace", name.name_space}};
    secret.object["type"] = "Opaque";
    Json data = Json::object();
    for (auto const& [key, value] : values)
        data[key] = base64_encode(value.reveal());
    secret.object["data"] = std::move(data);
    return secret;
}

}  // namespace millrace
