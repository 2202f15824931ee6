// SPDX-License-Identifier: Apache-2.0
#include "console/functions/function_edit.hpp"

#include <algorithm>

namespace millrace::console {
namespace {

constexpr std::size_t files_max = 50;
constexpr std::size_t file_bytes_max = 524'288;
constexpr std::size_t files_bytes_max = 900 << 10;  // a ConfigMap holds 1 MiB
constexpr std::size_t settings_max = 100;
constexpr std::size_t setting_bytes_max = 32'768;

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_file_name(std::string_view name) {
    return !name.empty() && name.size() <= 100 &&
           (is_letter(name.front()) || is_digit(name.front()) || name.front() == '_') &&
           std::ranges::all_of(name, [](char c) {
               return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
           });
}

/// The one container of a function's Service; made if it is missing.
Json& container_of(Resource& service) {
    Json& containers = service.object["spec"]["template"]["spec"]["containers"];
    if (!containers.is_array() || containers.empty())
        containers = Json::array({Json::object()});
    return containers.front();
}

/// RFC 6901 section 3, for what a user has named.
std::string escape_pointer(std::string const& name) {
    std::string escaped;
    for (char const c : name.substr(0, 200))
        escaped += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return escaped;
}

/// Where the name and the value of a setting stand in the request.
struct SettingPlace {
    std::string name;
    std::string value;
};

/// Names by which the system finds programs and libraries: a function with another one dies.
bool is_reserved(std::string const& name) {
    return name == "PATH" || name.starts_with("LD_");
}

void check_setting(
    std::string const& name, std::string const& value, SettingPlace const& at,
    FieldFaults& faults) {
    if (!is_variable_name(name))
        faults.push_back({at.name, "invalid", "must be letters, digits and '_', no digit first."});
    if (is_reserved(name))
        faults.push_back(
            {at.name, "reserved", name + " belongs to the system; choose another name."});
    if (value.size() > setting_bytes_max)
        faults.push_back({at.value, "tooLong", "must be at most 32 KiB."});
    if (value.find('\0') != std::string::npos)
        faults.push_back({at.value, "invalid", "must not have a NUL character."});
}

}  // namespace

bool is_function_name(std::string_view name) {
    auto const is_inner = [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-'; };
    return !name.empty() && name.size() <= 50 && name.front() >= 'a' && name.front() <= 'z' &&
           name.back() != '-' && name != "new" && std::ranges::all_of(name, is_inner);
}

bool is_variable_name(std::string_view name) {
    return !name.empty() && name.size() <= 100 && !is_digit(name.front()) &&
           std::ranges::all_of(
               name, [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

std::string handler_file(std::string const& runtime) {
    return runtime == "shell"        ? "handler.sh"
           : runtime == "powershell" ? "handler.ps1"
                                     : "handler.py";
}

FileMap files_from_json(Json const& body, std::string const& runtime, FieldFaults& faults) {
    FileMap files;
    Json const* list = find_json(body, "files");
    if (list == nullptr || !list->is_array() || list->empty() || list->size() > files_max) {
        faults.push_back({"/files", "invalid", "must be a list of 1 to 50 files."});
        return files;
    }
    std::size_t total = 0;
    std::size_t index = 0;
    for (Json const& item : *list) {
        std::string const at = "/files/" + std::to_string(index++);
        std::string const path = string_at(item, "path");
        std::string const content = string_at(item, "content");
        total += content.size();
        if (!is_file_name(path))
            faults.push_back({at + "/path", "invalid", "must be a plain file name."});
        else if (files.contains(path))
            faults.push_back({at + "/path", "taken", path + " stands twice."});
        if (find_json(item, "content") == nullptr || !find_json(item, "content")->is_string())
            faults.push_back({at + "/content", "invalid", "must be a text."});
        if (content.size() > file_bytes_max)
            faults.push_back({at + "/content", "tooLong", "must be at most 512 KiB."});
        files[path] = content;
    }
    if (total > files_bytes_max)
        faults.push_back({"/files", "tooLong", "All files together must be at most 900 KiB."});
    if (!files.contains(handler_file(runtime)))
        faults.push_back(
            {"/files/0/path", "required",
             handler_file(runtime) + " must be there: it is what the runtime calls."});
    return files;
}

Json files_to_json(FileMap const& files, std::string const& runtime, std::string const& revision) {
    Json list = Json::array();
    auto const add = [&list](std::string const& path, std::string const& content) {
        Json file = Json::object();
        file["path"] = path;
        file["content"] = content;
        list.push_back(std::move(file));
    };
    std::string const handler = handler_file(runtime);
    if (files.contains(handler))
        add(handler, files.at(handler));
    for (auto const& [path, content] : files)
        if (path != handler)
            add(path, content);
    Json json = Json::object();
    json["revision"] = revision;
    json["files"] = std::move(list);
    return json;
}

FileMap files_of(Resource const& code) {
    FileMap files;
    Json const* data = find_json(code.object, "data");
    if (data != nullptr && data->is_object())
        for (auto const& [path, content] : data->items())
            files[path] = string_at(content, "");
    return files;
}

Json env_of(Resource const& service) {
    Json items = Json::array();
    Json const* containers = find_json(service.spec(), "template/spec/containers");
    if (containers == nullptr || !containers->is_array() || containers->empty())
        return items;
    Json const* list = find_json(containers->front(), "env");
    if (list == nullptr || !list->is_array())
        return items;
    for (Json const& one : *list) {
        if (find_json(one, "valueFrom") != nullptr)
            continue;
        Json item = Json::object();
        item["name"] = string_at(one, "name");
        item["value"] = string_at(one, "value");
        items.push_back(std::move(item));
    }
    return items;
}

void set_env(Resource& service, std::map<std::string, std::string> const& values) {
    Json& container = container_of(service);
    Json list = Json::array();
    for (auto const& [name, value] : values) {
        Json item = Json::object();
        item["name"] = name;
        item["value"] = value;
        list.push_back(std::move(item));
    }
    if (Json const* before = find_json(container, "env"); before != nullptr && before->is_array())
        for (Json const& one : *before)
            if (find_json(one, "valueFrom") != nullptr)
                list.push_back(one);
    if (list.empty())
        container.erase("env");
    else
        container["env"] = std::move(list);
}

std::map<std::string, std::string> env_from_json(Json const& body, FieldFaults& faults) {
    std::map<std::string, std::string> values;
    Json const* list = find_json(body, "items");
    if (list == nullptr || !list->is_array() || list->size() > settings_max) {
        faults.push_back({"/items", "invalid", "must be a list of at most 100 settings."});
        return values;
    }
    std::size_t index = 0;
    for (Json const& item : *list) {
        std::string const at = "/items/" + std::to_string(index++);
        std::string const name = string_at(item, "name");
        if (find_json(item, "value") == nullptr || !find_json(item, "value")->is_string())
            faults.push_back({at + "/value", "invalid", "must be a text."});
        check_setting(name, string_at(item, "value"), {at + "/name", at + "/value"}, faults);
        if (!values.emplace(name, string_at(item, "value")).second)
            faults.push_back({at + "/name", "taken", name + " stands twice."});
    }
    return values;
}

std::map<std::string, std::string> map_from_json(
    Json const* value, std::string const& at, FieldFaults& faults) {
    std::map<std::string, std::string> values;
    if (value == nullptr)
        return values;
    if (!value->is_object() || value->size() > settings_max) {
        faults.push_back({at, "invalid", "must be an object of at most 100 texts."});
        return values;
    }
    for (auto const& [name, text] : value->items()) {
        std::string const here = at + "/" + escape_pointer(name);
        if (!text.is_string())
            faults.push_back({here, "invalid", "must be a text."});
        check_setting(name, string_at(text, ""), {here, here}, faults);
        values[name] = string_at(text, "");
    }
    return values;
}

SecretValues secrets_from_json(Json const* value, std::string const& at, FieldFaults& faults) {
    SecretValues secrets;
    for (auto& [name, text] : map_from_json(value, at, faults))
        secrets[name] = Secret(std::move(text));
    return secrets;
}

void check_names_apart(
    std::set<std::string> const& settings, std::set<std::string> const& secrets,
    std::string const& at, FieldFaults& faults) {
    for (std::string const& name : secrets)
        if (settings.contains(name))
            faults.push_back(
                {at + "/" + escape_pointer(name), "taken",
                 name + " is a setting and a secret; choose another name for one of them."});
}

void set_image_prefix(Resource& service, std::string const& prefix) {
    constexpr std::string_view as_built = built_image_prefix;
    Json& container = container_of(service);
    std::string const image = string_at(container, "image");
    if (image.starts_with(std::string(as_built) + "/"))
        container["image"] = prefix + image.substr(as_built.size());
}

bool ensure_secret(Resource& service, std::string const& secret, SecretNeed need) {
    Json& container = container_of(service);
    Json& list = container["envFrom"];
    if (!list.is_array())
        list = Json::array();
    for (Json const& one : list)
        if (string_at(one, "secretRef/name") == secret)
            return false;
    Json reference = Json::object();
    reference["secretRef"]["name"] = secret;
    if (need == SecretNeed::optional)
        reference["secretRef"]["optional"] = true;
    list.push_back(std::move(reference));
    return true;
}

}  // namespace millrace::console
