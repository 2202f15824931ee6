// SPDX-License-Identifier: Apache-2.0
#include "console/api/api_function_settings.hpp"

#include <functional>

#include "console/functions/function_edit.hpp"

namespace millrace::console {
namespace {

/// A status written by another service changes the resourceVersion, too: try again a few times.
constexpr int attempts_max = 5;

struct Edit {
    /// The ETag of what is edited; nothing: no If-Match is needed.
    std::function<std::optional<std::string>(Resource const& service)> etag;
    std::function<void(Resource& service)> change;
};

/// Reads, checks If-Match, changes and applies the Service; the answer if that went wrong.
Task<std::optional<HttpAnswer>> edit_service(
    ApiContext& context, HttpRequest const& http, std::string name, Edit edit, Resource& result) {
    for (int attempt = 1;; ++attempt) {
        auto service = co_await get_function(context, name);
        if (!service)
            co_return make_problem(service.error(), "function.notFound");
        if (auto const etag = edit.etag(*service))
            if (auto refused = check_if_match(http, *etag))
                co_return refused;
        edit.change(*service);
        auto applied = co_await context.store.apply(kinds::service, std::move(*service));
        if (applied) {
            result = std::move(*applied);
            co_return std::nullopt;
        }
        bool const again = applied.error().code == ErrorCode::conflict && attempt < attempts_max;
        if (!again)
            co_return make_problem(applied.error(), "function.notFound");
    }
}

HttpAnswer with_etag(Json const& value, std::string const& etag) {
    HttpAnswer answer = json_body(value);
    answer.headers.add("ETag", "\"" + etag + "\"");
    return answer;
}

Task<HttpAnswer> get_files(ApiContext& context, std::string name) {
    auto const service = co_await get_function(context, name);
    if (!service)
        co_return make_problem(service.error(), "function.notFound");
    std::string const code = code_name(*service);
    auto const files = co_await context.store.get(kinds::config_map, context.in_namespace(code));
    if (!files)
        co_return make_problem(files.error(), "function.notFound");
    Json const body = files_to_json(
        files_of(*files), service->label(runtime_label),
        string_at(service->status(), "latestCreatedRevisionName"));
    co_return with_etag(body, code);
}

Task<HttpAnswer> put_files(ApiContext& context, ApiRequest const& request) {
    std::string const name = request.path[1];
    auto const service = co_await get_function(context, name);
    if (!service)
        co_return make_problem(service.error(), "function.notFound");
    // Before anything is written: a stale page must not leave its code behind.
    if (auto refused = check_if_match(request.http, code_name(*service)))
        co_return *refused;
    FieldFaults faults;
    std::string const runtime = service->label(runtime_label);
    FileMap const files = files_from_json(request.body, runtime, faults);
    if (!faults.empty())
        co_return make_problem(422, "files.invalid", "These files cannot be saved.", faults);
    Resource const code = make_code(context.in_namespace(name), files);
    std::string const new_name = code.name().name;
    if (auto const applied = co_await context.store.apply(kinds::config_map, code); !applied)
        co_return make_problem(applied.error(), "function.notFound");
    Resource saved;
    Edit edit;
    edit.etag = [](Resource const& at) { return std::optional(code_name(at)); };
    edit.change = [new_name](Resource& at) { set_code_name(at, new_name); };
    if (auto refused = co_await edit_service(context, request.http, name, std::move(edit), saved))
        co_return *refused;
    co_return with_etag(
        files_to_json(files, runtime, string_at(saved.status(), "latestCreatedRevisionName")),
        new_name);
}

/// Nothing only where there is no Secret: one that cannot be read is not empty, and what is written
/// over it would lose its other keys.
Task<Result<SecretValues>> read_secret(ApiContext& context, std::string name) {
    auto const secret =
        co_await context.store.get(kinds::secret, context.in_namespace(name + "-secret"));
    if (secret)
        co_return secret_values(*secret);
    if (secret.error().code == ErrorCode::not_found)
        co_return SecretValues();
    co_return std::unexpected(secret.error());
}

HttpAnswer env_answer(Resource const& service) {
    Json body = Json::object();
    body["items"] = env_of(service);
    return with_etag(body, etag_of(body["items"]));
}

Task<HttpAnswer> put_env(ApiContext& context, ApiRequest const& request) {
    FieldFaults faults;
    auto const values = env_from_json(request.body, faults);
    auto const secrets = co_await read_secret(context, request.path[1]);
    if (!secrets)
        co_return make_problem(secrets.error(), "function.notFound");
    check_names_apart(names_of(*secrets), names_of(values), "/items", faults);
    if (!faults.empty())
        co_return make_problem(422, "env.invalid", "These settings cannot be saved.", faults);
    Resource saved;
    Edit edit;
    edit.etag = [](Resource const& at) { return std::optional(etag_of(env_of(at))); };
    edit.change = [values](Resource& at) { set_env(at, values); };
    if (auto refused =
            co_await edit_service(context, request.http, request.path[1], std::move(edit), saved))
        co_return *refused;
    co_return env_answer(saved);
}

HttpAnswer secret_keys(SecretValues const& values) {
    Json items = Json::array();
    for (auto const& [key, value] : values) {
        Json item = Json::object();
        item["key"] = key;
        items.push_back(std::move(item));
    }
    return items_body(std::move(items));
}

Task<HttpAnswer> patch_secrets(ApiContext& context, ApiRequest const& request) {
    std::string const name = request.path[1];
    FieldFaults faults;
    auto const set = secrets_from_json(find_json(request.body, "set"), "/set", faults);
    Json const* remove = find_json(request.body, "remove");
    if (remove != nullptr && !remove->is_array())
        faults.push_back({"/remove", "invalid", "must be a list of keys."});
    auto const service = co_await get_function(context, name);
    if (!service)
        co_return make_problem(service.error(), "function.notFound");
    std::set<std::string> settings;
    for (Json const& one : env_of(*service))
        settings.insert(string_at(one, "name"));
    check_names_apart(settings, names_of(set), "/set", faults);
    if (!faults.empty())
        co_return make_problem(422, "secrets.invalid", "These secrets cannot be saved.", faults);
    auto stored = co_await read_secret(context, name);
    if (!stored)
        co_return make_problem(stored.error(), "function.notFound");
    SecretValues values = std::move(*stored);
    if (remove != nullptr)
        for (Json const& key : *remove)
            values.erase(string_at(key, ""));
    for (auto const& [key, value] : set)
        values[key] = value;
    auto const applied = co_await context.store.apply(
        kinds::secret, make_secret(context.in_namespace(name + "-secret"), values));
    if (!applied)
        co_return make_problem(applied.error(), "function.notFound");
    Resource saved;
    Edit edit;
    edit.etag = [](Resource const&) { return std::optional<std::string>(); };
    edit.change = [name](Resource& at) { ensure_secret(at, name + "-secret"); };
    if (auto refused = co_await edit_service(context, request.http, name, std::move(edit), saved))
        co_return *refused;
    co_return secret_keys(values);
}

}  // namespace

Task<HttpAnswer> handle_function_settings(ApiContext& context, ApiRequest const& request) {
    std::string const& method = request.http.method;
    std::string const name = request.path[1];
    std::string const part = request.path[2];
    if (part == "files" && method == "GET")
        co_return co_await get_files(context, name);
    if (part == "files" && method == "PUT")
        co_return co_await put_files(context, request);
    auto const service = co_await get_function(context, name);
    if (!service)
        co_return make_problem(service.error(), "function.notFound");
    if (part == "env" && method == "GET")
        co_return env_answer(*service);
    if (part == "env" && method == "PUT")
        co_return co_await put_env(context, request);
    if (part == "secrets" && method == "GET") {
        auto const values = co_await read_secret(context, name);
        co_return values ? secret_keys(*values) : make_problem(values.error(), "function.notFound");
    }
    co_return co_await patch_secrets(context, request);
}

}  // namespace millrace::console
