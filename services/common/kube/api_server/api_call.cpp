// SPDX-License-Identifier: Apache-2.0
#include "common/kube/api_server/api_call.hpp"

#include "common/base/encoding.hpp"

namespace millrace {
namespace {

std::string collection_path(ResourceKind const& kind, std::string const& name_space) {
    std::string path = (kind.group.empty() ? "/api/" : "/apis/" + std::string(kind.group) + "/") +
                       std::string(kind.version) + "/";
    if (!name_space.empty())
        path += "namespaces/" + percent_encode(name_space) + "/";
    return path + std::string(kind.plural);
}

std::string object_path(ResourceKind const& kind, ResourceName const& name) {
    return collection_path(kind, name.name_space) + "/" + percent_encode(name.name);
}

/// "?labelSelector=a%2Cb%3Dc&fieldSelector=metadata.name%3Dx&" or "?".
std::string selector_query(Selector const& selector) {
    std::string wanted;
    for (auto const& [key, value] : selector.labels)
        wanted += (wanted.empty() ? "" : ",") + key + (value ? "=" + *value : "");
    std::string query = "?";
    if (!wanted.empty())
        query += "labelSelector=" + percent_encode(wanted) + "&";
    if (!selector.name.empty())
        query += "fieldSelector=" + percent_encode("metadata.name=" + selector.name) + "&";
    return query;
}

std::string owned_query() {
    return "?fieldManager=" + std::string(field_manager);
}

ApiCall make_call(std::string method, std::string target) {
    ApiCall call{.target = std::move(target), .request = {}};
    call.request.method = std::move(method);
    call.request.headers = {{"Accept", "application/json"}};
    return call;
}

ApiCall make_call(
    std::string method, std::string target, std::string content_type, Json const& body) {
    ApiCall call = make_call(std::move(method), std::move(target));
    call.request.headers.set("Content-Type", std::move(content_type));
    call.request.body = dump_json(body);
    return call;
}

/// Without what only the server writes; plain texts of a Secret in the form in which they are kept:
/// a field manager that owned them as stringData would own what no answer shows.
Json wire_form(Resource const& resource) {
    Json object = resource.object;
    object.erase("status");
    Json& metadata = object["metadata"];
    for (auto const* key : {"managedFields", "creationTimestamp", "generation", "selfLink"})
        metadata.erase(key);
    metadata["namespace"] = resource.name().name_space;
    if (Json const* plain = find_json(object, "stringData"); plain != nullptr) {
        Json const texts = *plain;
        object.erase("stringData");
        for (auto const& [key, text] : texts.items())
            object["data"][key] = base64_encode(string_at(text, ""));
    }
    return object;
}

}  // namespace

ApiCall get_call(std::string path) {
    return make_call("GET", std::move(path));
}

ApiCall get_call(ResourceKind const& kind, ResourceName const& name) {
    return get_call(object_path(kind, name));
}

ApiCall list_call(
    ResourceKind const& kind, Selector const& selector, std::string const& continue_token) {
    std::string target = collection_path(kind, selector.name_space) + selector_query(selector) +
                         "limit=" + std::to_string(page_size);
    if (!continue_token.empty())
        target += "&continue=" + percent_encode(continue_token);
    return make_call("GET", std::move(target));
}

ApiCall watch_call(
    ResourceKind const& kind, Selector const& selector, std::string const& version, seconds limit) {
    return make_call(
        "GET", collection_path(kind, selector.name_space) + selector_query(selector) +
                   "watch=true&allowWatchBookmarks=true&resourceVersion=" +
                   percent_encode(version) + "&timeoutSeconds=" + std::to_string(limit.count()));
}

ApiCall log_call(ResourceName const& pod, std::string const& container, int lines, bool follow) {
    // The answer is text; asked for as JSON, the server refuses (406).
    ApiCall call = make_call(
        "GET", object_path(kinds::pod, pod) +
                   "/log?timestamps=true&container=" + percent_encode(container) +
                   "&tailLines=" + std::to_string(lines) + (follow ? "&follow=true" : ""));
    call.request.headers.set("Accept", "*/*");
    return call;
}

ApiCall apply_call(ResourceKind const& kind, Resource const& resource) {
    std::string const path = object_path(kind, resource.name()) + owned_query();
    if (!resource.resource_version().empty())
        return make_call("PUT", path, "application/json", wire_form(resource));
    return make_call(
        "PATCH", path + "&force=true", "application/apply-patch+yaml", wire_form(resource));
}

ApiCall status_call(
    ResourceKind const& kind, ResourceName const& name, Json const& status,
    std::string const& uid) {
    Json steps = Json::array();
    if (!uid.empty())
        steps.push_back({{"op", "test"}, {"path", "/metadata/uid"}, {"value", uid}});
    steps.push_back({{"op", "add"}, {"path", "/status"}, {"value", status}});
    return make_call(
        "PATCH", object_path(kind, name) + "/status" + owned_query(), "application/json-patch+json",
        steps);
}

ApiCall remove_call(ResourceKind const& kind, ResourceName const& name, std::string const& uid) {
    Json options;
    options["apiVersion"] = "v1";
    options["kind"] = "DeleteOptions";
    options["propagationPolicy"] = "Background";
    if (!uid.empty())
        options["preconditions"] = {{"uid", uid}};
    return make_call("DELETE", object_path(kind, name), "application/json", options);
}

}  // namespace millrace
