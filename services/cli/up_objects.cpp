// SPDX-License-Identifier: Apache-2.0
#include "cli/up_objects.hpp"

#include "common/function/recipe.hpp"

namespace millrace::cli {
namespace {

constexpr char const* name_space = "default";
constexpr char const* made_by_label = "millrace.dev/made-by";
constexpr char const* secret_name = "vcenter-credentials";

std::string source_name(SourceMode mode) {
    if (mode == SourceMode::simulator)
        return "simulator";
    return mode == SourceMode::vcsim ? "vcsim" : "vcenter";
}

Resource make_object(ResourceKind const& kind, std::string const& name, Json spec) {
    Resource resource;
    resource.object["apiVersion"] = kind.api_version();
    resource.object["kind"] = kind.kind;
    resource.object["metadata"] = {
        {"name", name}, {"namespace", name_space}, {"labels", {{made_by_label, "up"}}}};
    resource.object["spec"] = std::move(spec);
    return resource;
}

Resource make_source(UpOptions const& options, SourceAddress const& source) {
    Json spec = Json::object();
    spec["address"] = source.url;
    spec["skipTLSVerify"] = !source.verify_tls;
    if (!source.authorities_pem.empty())
        spec["caCerts"] = source.authorities_pem;
    spec["secretRef"] = {{"name", secret_name}};
    spec["sink"] = {
        {"ref",
         {{"apiVersion", kinds::broker.api_version()}, {"kind", "Broker"}, {"name", "default"}}}};
    Resource resource =
        make_object(kinds::vsphere_source, source_name(options.source), std::move(spec));
    if (options.source == SourceMode::simulator)
        resource.object["metadata"]["annotations"] = {{"millrace.dev/simulated", "true"}};
    return resource;
}

/// Applies in order; the first refusal ends it.
Task<Result<void>> apply_all(
    ResourceStore& store, std::vector<std::pair<ResourceKind const*, Resource>> objects) {
    for (auto& [kind, resource] : objects)
        if (auto const applied = co_await store.apply(*kind, std::move(resource)); !applied)
            co_return std::unexpected(applied.error());
    co_return Result<void>();
}

Task<Result<void>> install_recipe(
    ResourceStore& store, std::filesystem::path folder, SecretValues secret) {
    auto const recipe = load_recipe(folder);
    if (!recipe)
        co_return failure(ErrorCode::invalid, to_string(recipe.error()));
    ResourceName const name{name_space, recipe->id};
    FunctionObjects made = make_function(*recipe, name);
    std::vector<std::pair<ResourceKind const*, Resource>> objects;
    if (!secret.empty())
        objects.emplace_back(
            &kinds::secret, make_secret({name_space, name.name + "-secret"}, secret));
    objects.emplace_back(&kinds::config_map, std::move(made.code));
    objects.emplace_back(&kinds::service, std::move(made.service));
    for (Resource& trigger : made.triggers)
        objects.emplace_back(&kinds::trigger, std::move(trigger));
    co_return co_await apply_all(store, std::move(objects));
}

Task<Result<void>> remove_other_sources(ResourceStore& store, std::string keep) {
    auto const sources =
        co_await store.list(kinds::vsphere_source, {.labels = {{made_by_label, "up"}}});
    if (!sources)
        co_return std::unexpected(sources.error());
    for (Resource const& source : *sources)
        if (source.name().name != keep)
            if (auto const removed =
                    co_await store.remove(kinds::vsphere_source, source.name(), source.uid());
                !removed)
                co_return removed;
    co_return Result<void>();
}

std::string operations_base(SourceAddress const& source) {
    std::string url = source.operations_url;
    if (url.ends_with("/suite-api"))
        url.resize(url.size() - 10);
    return url;
}

Task<Result<void>> install_first_functions(
    ResourceStore& store, UpOptions const& options, SourceAddress const& source) {
    if (auto const echo = co_await install_recipe(store, options.recipes / "echo", {}); !echo)
        co_return echo;
    if (source.operations_url.empty())
        co_return Result<void>();
    SecretValues secret{
        {"VROPS_URL", Secret(operations_base(source))},
        {"VROPS_USERNAME", Secret(source.operations_user)},
        {"VROPS_PASSWORD", source.password},
        {"VROPS_CA_CERTIFICATE", Secret(source.authorities_pem)}};
    co_return co_await install_recipe(
        store, options.recipes / "host-maintenance", std::move(secret));
}

/// The simulator has another port and certificate at each start: the Secrets of the functions made
/// for it follow, unless the user has pointed them elsewhere.
Task<Result<void>> refresh_operations(ResourceStore& store, SourceAddress const& source) {
    auto const secrets = co_await store.list(kinds::secret, {});
    if (!secrets)
        co_return std::unexpected(secrets.error());
    for (Resource const& secret : *secrets) {
        auto values = secret_values(secret);
        if (!values || !(*values)["VROPS_URL"].reveal().starts_with("https://127.0.0.1:"))
            continue;
        (*values)["VROPS_URL"] = Secret(operations_base(source));
        (*values)["VROPS_CA_CERTIFICATE"] = Secret(source.authorities_pem);
        auto const applied =
            co_await store.apply(kinds::secret, make_secret(secret.name(), *values));
        if (!applied)
            co_return std::unexpected(applied.error());
    }
    co_return Result<void>();
}

}  // namespace

Task<Result<void>> apply_objects(
    ResourceStore& store, UpOptions const& options, SourceAddress const& source) {
    auto const services = co_await store.list(kinds::service, {});
    if (!services)
        co_return std::unexpected(services.error());
    auto const brokers = co_await store.list(kinds::broker, {});
    bool const is_first_start = services->empty() && brokers && brokers->empty();
    std::vector<std::pair<ResourceKind const*, Resource>> objects;
    objects.emplace_back(
        &kinds::secret, make_secret(
                            {name_space, secret_name},
                            {{"username", Secret(source.user)}, {"password", source.password}}));
    objects.emplace_back(&kinds::broker, make_object(kinds::broker, "default", Json::object()));
    objects.emplace_back(&kinds::vsphere_source, make_source(options, source));
    if (auto const applied = co_await apply_all(store, std::move(objects)); !applied)
        co_return applied;
    if (auto const removed = co_await remove_other_sources(store, source_name(options.source));
        !removed)
        co_return removed;
    if (is_first_start)
        co_return co_await install_first_functions(store, options, source);
    if (source.operations_url.empty())
        co_return Result<void>();
    co_return co_await refresh_operations(store, source);
}

}  // namespace millrace::cli
