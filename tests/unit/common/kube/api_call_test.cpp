// SPDX-License-Identifier: Apache-2.0
#include "common/kube/api_server/api_call.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

ResourceName const echo{"default", "echo"};

Resource trigger(std::string const& version = "") {
    Resource resource;
    resource.object["apiVersion"] = "eventing.knative.dev/v1";
    resource.object["kind"] = "Trigger";
    resource.object["metadata"] = {
        {"name", "echo"},
        {"uid", "u-1"},
        {"generation", 3},
        {"creationTimestamp", "2026-01-01T00:00:00Z"},
        {"managedFields", Json::array()}};
    if (!version.empty())
        resource.object["metadata"]["resourceVersion"] = version;
    resource.object["spec"] = {{"broker", "default"}};
    resource.object["status"] = {{"observedGeneration", 3}};
    return resource;
}

Json body_of(ApiCall const& call) {
    return parse_json(call.request.body).value();
}

}  // namespace

TEST_CASE("API call: core kinds are under /api, the others under /apis and their group") {
    CHECK(get_call(kinds::secret, echo).target == "/api/v1/namespaces/default/secrets/echo");
    CHECK(
        get_call(kinds::trigger, echo).target ==
        "/apis/eventing.knative.dev/v1/namespaces/default/triggers/echo");
}

TEST_CASE("API call: a listing is of all namespaces or one, page by page") {
    CHECK(list_call(kinds::secret, {}, "").target == "/api/v1/secrets?limit=500");
    CHECK(
        list_call(kinds::secret, {.name_space = "a", .labels = {}}, "x/=").target ==
        "/api/v1/namespaces/a/secrets?limit=500&continue=x%2F%3D");
}

TEST_CASE("API call: labels are selected by the server") {
    Selector const selector{
        .name_space = "", .labels = {{"a.b/c", std::nullopt}, {"part", "route"}}};
    CHECK(
        list_call(kinds::secret, selector, "").target ==
        "/api/v1/secrets?labelSelector=a.b%2Fc%2Cpart%3Droute&limit=500");
}

TEST_CASE("API call: one object is selected by its name, by the server") {
    CHECK(
        list_call(kinds::config_map, {.name_space = "a", .name = "b.c", .labels = {}}, "").target ==
        "/api/v1/namespaces/a/configmaps?fieldSelector=metadata.name%3Db.c&limit=500");
}

TEST_CASE("API call: a watch goes on from a version, with bookmarks and an end") {
    CHECK(
        watch_call(kinds::secret, {}, "17", 300s).target ==
        "/api/v1/secrets?watch=true&allowWatchBookmarks=true&resourceVersion=17&timeoutSeconds="
        "300");
}

TEST_CASE("API call: an object without a version is applied, one with a version replaced") {
    ApiCall const apply = apply_call(kinds::trigger, trigger());
    CHECK(apply.request.method == "PATCH");
    CHECK(apply.target.ends_with("/triggers/echo?fieldManager=millrace&force=true"));
    CHECK(apply.request.headers.get("content-type") == "application/apply-patch+yaml");
    ApiCall const replace = apply_call(kinds::trigger, trigger("9"));
    CHECK(replace.request.method == "PUT");
    CHECK(replace.target.ends_with("/triggers/echo?fieldManager=millrace"));
    CHECK(string_at(body_of(replace), "metadata/resourceVersion") == "9");
}

TEST_CASE("API call: what only the server writes is left out, the identity is not") {
    Json const sent = body_of(apply_call(kinds::trigger, trigger()));
    CHECK(
        dump_json(*find_json(sent, "metadata")) ==
        R"({"name":"echo","uid":"u-1","namespace":"default"})");
    CHECK_FALSE(sent.contains("status"));
}

TEST_CASE("API call: a Secret's plain values are sent as they are kept, and win") {
    Resource secret;
    secret.object["metadata"] = {{"name", "vc"}, {"namespace", "default"}};
    secret.object["data"] = {{"a", "b2xk"}, {"b", "Yg=="}};
    secret.object["stringData"] = {{"a", "new"}};
    Json const sent = body_of(apply_call(kinds::secret, secret));
    CHECK(dump_json(*find_json(sent, "data")) == R"({"a":"bmV3","b":"Yg=="})");
    CHECK_FALSE(sent.contains("stringData"));
}

TEST_CASE("API call: a status is replaced, of one object by its uid where it is known") {
    ApiCall const call = status_call(kinds::trigger, echo, {{"a", 1}}, "u-1");
    CHECK(call.target.ends_with("/triggers/echo/status?fieldManager=millrace"));
    CHECK(call.request.headers.get("content-type") == "application/json-patch+json");
    CHECK(
        call.request.body == R"([{"op":"test","path":"/metadata/uid","value":"u-1"},)"
                             R"({"op":"add","path":"/status","value":{"a":1}}])");
    CHECK(
        status_call(kinds::trigger, echo, Json::object(), "").request.body ==
        R"([{"op":"add","path":"/status","value":{}}])");
}

TEST_CASE("API call: what is removed is one object, by its uid where it is known") {
    ApiCall const call = remove_call(kinds::trigger, echo, "u-1");
    CHECK(call.request.method == "DELETE");
    CHECK(string_at(body_of(call), "preconditions/uid") == "u-1");
    CHECK(string_at(body_of(call), "propagationPolicy") == "Background");
    CHECK_FALSE(body_of(remove_call(kinds::trigger, echo, "")).contains("preconditions"));
}
