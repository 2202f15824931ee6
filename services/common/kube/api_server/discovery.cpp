// SPDX-License-Identifier: Apache-2.0
#include "common/kube/api_server/discovery.hpp"

#include <algorithm>

namespace millrace {
namespace {

/// "flows.knative.dev" and "v1"; the core group is empty.
std::pair<std::string, std::string> group_and_version(std::string const& api_version) {
    auto const slash = api_version.find('/');
    if (slash == std::string::npos)
        return {"", api_version};
    return {api_version.substr(0, slash), api_version.substr(slash + 1)};
}

std::unexpected<Error> not_served(KindWords const& words) {
    return failure(
        ErrorCode::not_found, "The API server serves no " + words.text() +
                                  ": install its CustomResourceDefinition, or correct the name.");
}

bool can_be_watched(Json const& served) {
    Json const* verbs = find_json(served, "verbs");
    auto const has = [verbs](char const* verb) {
        return std::ranges::find(*verbs, Json(verb)) != verbs->end();
    };
    return verbs != nullptr && verbs->is_array() && has("list") && has("watch");
}

}  // namespace

Result<ApiCall> discovery_call(KindWords const& words) {
    auto const [group, version] = group_and_version(words.api_version);
    bool const is_core = !words.api_version.contains('/');
    if (!is_resource_name(version) || (!is_core && !is_resource_name(group)))
        return failure(
            ErrorCode::invalid,
            "\"" + words.api_version.substr(0, 80) + "\" is no apiVersion: GROUP/VERSION, or v1.");
    return get_call(is_core ? "/api/" + version : "/apis/" + words.api_version);
}

Result<std::string> read_plural(KindWords const& words, HttpResponse const& answer) {
    if (answer.status == 404)
        return not_served(words);
    auto const [group, version] = group_and_version(words.api_version);
    ResourceKind const sought{group, version, words.kind, words.kind};
    auto const list = read_answer({.kind = sought, .name = {}}, answer);
    if (!list)
        return std::unexpected(list.error());
    Json const* served = find_json(*list, "resources");
    if (served == nullptr || !served->is_array())
        return failure(
            ErrorCode::unavailable,
            "The kinds of " + words.api_version + ": the answer is no list of kinds.");
    auto const found = std::ranges::find_if(*served, [&](Json const& one) {
        // With a slash it is a part of an object: "sequences/status".
        return string_at(one, "kind") == words.kind && !string_at(one, "name").contains('/');
    });
    if (found == served->end())
        return not_served(words);
    if (!bool_at(*found, "namespaced", false) || !can_be_watched(*found))
        return failure(
            ErrorCode::invalid,
            "A " + words.text() + " cannot be followed: it is in no namespace or has no watch.");
    return string_at(*found, "name");
}

ResourceKind const& KindNames::keep(KindWords const& words, std::string const& plural) {
    auto const [group, version] = group_and_version(words.api_version);
    for (Kept const& one : kept_)
        if (one.group == group && one.version == version && one.kind == words.kind &&
            one.plural == plural)
            return one.pointing;
    Kept& kept = kept_.emplace_back(Kept{group, version, words.kind, plural, {}});
    kept.pointing = {kept.group, kept.version, kept.kind, kept.plural};
    return kept.pointing;
}

}  // namespace millrace
