// SPDX-License-Identifier: Apache-2.0
#include "common/kube/resource.hpp"

#include <algorithm>
#include <array>
#include <ranges>

#include "common/base/clock.hpp"
#include "common/base/encoding.hpp"

namespace millrace {
namespace {

constexpr std::array<ResourceKind const*, 8> all_kinds = {
    &kinds::broker, &kinds::trigger,        &kinds::service,        &kinds::config_map,
    &kinds::secret, &kinds::vsphere_source, &kinds::horizon_source, &kinds::webhook_source};

Json const& member_or_empty(Json const& object, std::string_view key) {
    static Json const empty = Json::object();
    Json const* found = find_json(object, key);
    return found == nullptr || !found->is_object() ? empty : *found;
}

std::string metadata_text(Json const& object, std::string_view table, std::string_view key) {
    Json const* values = find_json(object, table);
    if (values == nullptr || !values->is_object())
        return {};
    auto const found = values->find(key);
    return found == values->end() ? std::string() : string_at(*found, "");
}

}  // namespace

std::string ResourceKind::api_version() const {
    return group.empty() ? std::string(version) : std::string(group) + "/" + std::string(version);
}

std::string ResourceKind::folder() const {
    return group.empty() ? std::string(plural) : std::string(plural) + "." + std::string(group);
}

ResourceKind const* find_kind(std::string_view api_version, std::string_view kind) {
    auto const found = std::ranges::find_if(all_kinds, [&](ResourceKind const* candidate) {
        return candidate->kind == kind && candidate->api_version() == api_version;
    });
    return found == all_kinds.end() ? nullptr : *found;
}

bool is_resource_name(std::string_view name) {
    auto const is_alphanumeric = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    };
    auto const is_label = [&](std::string_view label) {
        return !label.empty() && is_alphanumeric(label.front()) && is_alphanumeric(label.back()) &&
               std::ranges::all_of(label, [&](char c) { return is_alphanumeric(c) || c == '-'; });
    };
    return !name.empty() && name.size() <= 63 &&
           std::ranges::all_of(std::views::split(name, '.'), [&](auto part) {
               return is_label(std::string_view(part));
           });
}

Result<void> check_names(ResourceName const& name) {
    for (std::string const& part : {name.name_space, name.name})
        if (!is_resource_name(part))
            return failure(
                ErrorCode::invalid,
                "\"" + part.substr(0, 80) +
                    "\" is no name: lower-case letters, digits, '-' and '.', at most 63.");
    return {};
}

Result<ResourceName> parse_resource_name(std::string_view text) {
    auto const slash = text.find('/');
    if (slash == std::string_view::npos)
        return failure(
            ErrorCode::invalid,
            "\"" + std::string(text.substr(0, 80)) + "\" is no NAMESPACE/NAME.");
    ResourceName name{std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
    if (auto const valid = check_names(name); !valid)
        return std::unexpected(valid.error());
    return name;
}

ResourceName Resource::name() const {
    return {string_at(object, "metadata/namespace", "default"), string_at(object, "metadata/name")};
}

bool Resource::is_observed() const {
    return integer_at(status(), "observedGeneration").value_or(generation()) >= generation();
}

std::string Resource::label(std::string_view key) const {
    return metadata_text(object, "metadata/labels", key);
}

std::string Resource::annotation(std::string_view key) const {
    return metadata_text(object, "metadata/annotations", key);
}

Json const& Resource::spec() const {
    return member_or_empty(object, "spec");
}
Json const& Resource::status() const {
    return member_or_empty(object, "status");
}

std::uint64_t content_hash(Resource const& resource) {
    std::string text;
    for (auto const& [name, value] : resource.object.items())
        if (name != "metadata" && name != "status")
            text += name + dump_json(value) + "\n";
    for (char const* const name : {"uid", "generation", "labels", "annotations"})
        if (Json const* value = find_json(member_or_empty(resource.object, "metadata"), name))
            text += name + dump_json(*value) + "\n";
    return fnv1a(text);
}

void set_condition(
    Json& status, std::string_view type, std::string_view state, std::string_view reason,
    std::string_view message) {
    if (!status.is_object())
        status = Json::object();
    Json& conditions = status["conditions"];
    if (!conditions.is_array())
        conditions = Json::array();
    auto found = std::ranges::find_if(
        conditions, [&](Json const& condition) { return string_at(condition, "type") == type; });
    Json* condition = nullptr;
    if (found == conditions.end()) {
        conditions.push_back(Json::object());
        condition = &conditions.back();
    } else {
        condition = &*found;
    }
    bool const changed = string_at(*condition, "status") != state;
    std::string since = changed ? "" : string_at(*condition, "lastTransitionTime");
    if (since.empty())
        since = format_rfc3339(std::chrono::floor<seconds>(system_now()));
    *condition = Json::object();
    (*condition)["type"] = type;
    (*condition)["status"] = state;
    if (!reason.empty())
        (*condition)["reason"] = reason;
    if (!message.empty())
        (*condition)["message"] = message;
    (*condition)["lastTransitionTime"] = since;
}

Condition condition(Json const& status, std::string_view type) {
    Json const* conditions = find_json(status, "conditions");
    if (conditions == nullptr || !conditions->is_array())
        return {};
    for (Json const& one : *conditions)
        if (string_at(one, "type") == type)
            return {
                .state = string_at(one, "status", "Unknown"),
                .reason = string_at(one, "reason"),
                .message = string_at(one, "message")};
    return {};
}

std::string condition_state(Json const& status, std::string_view type) {
    return condition(status, type).state;
}

Result<SecretValues> secret_values(Resource const& secret) {
    SecretValues values;
    std::string const secret_text = "Secret " + secret.name().text();
    for (auto const* part : {"data", "stringData"})
        for (auto const& [key, value] : member_or_empty(secret.object, part).items())
            if (!value.is_string())
                return failure(
                    ErrorCode::invalid, secret_text + " /" + part + "/" + key +
                                            ": must be a text; put numbers in quotes.");
    for (auto const& [key, encoded] : member_or_empty(secret.object, "data").items()) {
        auto decoded = base64_decode(string_at(encoded, ""));
        if (!decoded)
            return failure(
                ErrorCode::invalid, secret_text + " /data/" + key + ": " + decoded.error().detail);
        values[key] = Secret(std::move(*decoded));
    }
    for (auto const& [key, text] : member_or_empty(secret.object, "stringData").items())
        values[key] = Secret(string_at(text, ""));
    return values;
}

}  // namespace millrace
