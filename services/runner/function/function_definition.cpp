// SPDX-License-Identifier: Apache-2.0
#include "runner/function/function_definition.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "common/function/recipe.hpp"

namespace millrace::runner {
namespace {

constexpr std::size_t instances_most = 8;
constexpr std::int64_t timeout_most_s = 600;
/// Knative's own limit.
constexpr std::int64_t container_concurrency_most = 1000;

constexpr std::array<std::string_view, 11> reserved_names = {
    "PATH",     "TMPDIR",     "IFS",        "ENV",           "BASH_ENV",    "SHELLOPTS",
    "BASHOPTS", "PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PSModulePath"};
constexpr std::array<std::string_view, 6> reserved_prefixes = {"LD_",     "MILLRACE_", "BASH_FUNC_",
                                                               "DOTNET_", "COMPlus_",  "CORECLR_"};

void read_variables(JsonReader& reader, Json const& container, FunctionDefinition& function) {
    std::string const at = "template/spec/containers/0/";
    if (Json const* list = find_json(container, "env"); list != nullptr && list->is_array())
        for (Json const& item : *list) {
            std::string const name = string_at(item, "name");
            Json const* reference = find_json(item, "valueFrom/secretKeyRef");
            std::string const reason = reason_against_variable(name);
            if (name.empty())
                reader.fault(at + "env", "has an entry without a name.");
            else if (!reason.empty())
                reader.fault(at + "env/" + name.substr(0, 64), reason);
            else if (reference != nullptr)
                function.secret_keys[name] = {
                    string_at(*reference, "name"), string_at(*reference, "key")};
            else
                function.environment[name] = string_at(item, "value");
        }
    if (Json const* list = find_json(container, "envFrom"); list != nullptr && list->is_array())
        for (Json const& item : *list) {
            std::string const secret = string_at(item, "secretRef/name");
            if (secret.empty())
                reader.fault(at + "envFrom", "has an entry that is no secretRef.");
            else
                function.secrets.push_back({secret, bool_at(item, "secretRef/optional", false)});
        }
}

/// The ConfigMap of the volume that is mounted at /function.
std::string code_config_map(Json const& pod, Json const& container) {
    Json const* mounts = find_json(container, "volumeMounts");
    Json const* volumes = find_json(pod, "volumes");
    if (mounts == nullptr || volumes == nullptr || !mounts->is_array() || !volumes->is_array())
        return {};
    for (Json const& mount : *mounts) {
        if (string_at(mount, "mountPath") != "/function")
            continue;
        for (Json const& volume : *volumes)
            if (string_at(volume, "name") == string_at(mount, "name"))
                return string_at(volume, "configMap/name");
    }
    return {};
}

std::size_t scale_of(
    JsonReader& reader, Json const& annotations, std::string_view which, std::size_t fallback) {
    std::string const key = "autoscaling.knative.dev/" + std::string(which);
    auto const found = annotations.is_object() ? annotations.find(key) : annotations.end();
    if (!annotations.is_object() || found == annotations.end())
        return fallback;
    std::string const text = string_at(*found, "");
    std::size_t value = 0;
    auto const [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || stop != text.data() + text.size() || value > instances_most)
        reader.fault(
            "template/metadata/annotations/" + key,
            "must be a text with a number from 0 to 8, not \"" + text + "\".");
    return std::min(value, instances_most);
}

/// Python and shell handle one event a process: there it only says what Knative lets through.
std::size_t concurrency_of(JsonReader& reader, std::string const& runtime) {
    std::string const place = "template/spec/containerConcurrency";
    auto const asked =
        static_cast<std::size_t>(reader.optional_integer(place, 0, 0, container_concurrency_most));
    if (runtime != "powershell")
        return 1;
    if (asked > concurrency_most)
        reader.fault(
            place, "must be at most " + std::to_string(concurrency_most) + " for PowerShell, not " +
                       std::to_string(asked) +
                       ": each event at once has a runspace of its own. More processes come with "
                       "autoscaling.knative.dev/max-scale.");
    // 0 is Knative's value where nothing is said: a handler is asked for several events at once
    // only where its author has said so.
    return std::clamp<std::size_t>(asked, 1, concurrency_most);
}

}  // namespace

std::string reason_against_variable(std::string_view name) {
    bool const is_reserved = std::ranges::find(reserved_names, name) != reserved_names.end() ||
                             std::ranges::any_of(reserved_prefixes, [name](auto prefix) {
                                 return name.starts_with(prefix);
                             });
    if (is_reserved)
        return "is set by the runtime, which could not start with another value; choose another "
               "name.";
    // Kubernetes: a name is anything printable but "=".
    bool const is_name =
        std::ranges::all_of(name, [](char c) { return c > ' ' && c < '\x7f' && c != '='; });
    return is_name ? "" : "is no name of a variable: it may hold letters, digits and underscores.";
}

Checked<FunctionDefinition> parse_function(Resource const& service) {
    FunctionDefinition function{.name = service.name()};
    JsonReader reader(service.spec(), "Service " + function.name.text() + " /spec");
    char number[32];
    std::snprintf(
        number, sizeof number, "-%05lld",
        static_cast<long long>(std::max<std::int64_t>(1, service.generation())));
    function.revision = function.name.name + number;
    function.runtime = service.label(runtime_label);
    if (std::ranges::find(runtime_names, function.runtime) == runtime_names.end())
        reader.fault(
            "", "the label millrace.dev/runtime must be python, shell or powershell, not \"" +
                    function.runtime + "\".");
    static Json const none = Json::object();
    Json const* pod = find_json(service.spec(), "template/spec");
    Json const* containers = pod == nullptr ? nullptr : find_json(*pod, "containers");
    bool const has_one = containers != nullptr && containers->is_array() && containers->size() == 1;
    if (!has_one)
        reader.fault("template/spec/containers", "must hold exactly one container.");
    Json const& container = has_one ? containers->front() : none;
    read_variables(reader, container, function);
    function.code = pod == nullptr ? "" : code_config_map(*pod, container);
    if (function.code.empty())
        reader.fault(
            "template/spec/containers/0/volumeMounts",
            "must mount a ConfigMap with the code at /function.");
    function.timeout =
        seconds(reader.optional_integer("template/spec/timeoutSeconds", 30, 1, timeout_most_s));
    function.concurrency = concurrency_of(reader, function.runtime);
    Json const* annotations = find_json(service.spec(), "template/metadata/annotations");
    Json const& scale = annotations == nullptr ? none : *annotations;
    function.instances_min = scale_of(reader, scale, "min-scale", 0);
    function.instances_max = scale_of(reader, scale, "max-scale", 0);
    // As Knative's 0, no limit; here it is as many as are always there.
    if (function.instances_max == 0)
        function.instances_max = std::max<std::size_t>(1, function.instances_min);
    if (reader.faults().empty() && function.instances_min > function.instances_max)
        reader.fault(
            "template/metadata/annotations/autoscaling.knative.dev/min-scale",
            "must not be more than max-scale, " + std::to_string(function.instances_max) + ".");
    if (!reader.faults().empty())
        return std::unexpected(reader.take_faults());
    return function;
}

}  // namespace millrace::runner
