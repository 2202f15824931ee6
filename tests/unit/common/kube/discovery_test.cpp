// SPDX-License-Identifier: Apache-2.0
#include "common/kube/api_server/discovery.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

constexpr std::string_view flows = R"({"kind": "APIResourceList", "groupVersion": "flows/v1",
    "resources": [
      {"name": "sequences/status", "namespaced": true, "kind": "Sequence", "verbs": ["get"]},
      {"name": "sequences", "namespaced": true, "kind": "Sequence",
       "verbs": ["get", "list", "watch"]},
      {"name": "planets", "namespaced": false, "kind": "Planet", "verbs": ["list", "watch"]},
      {"name": "reviews", "namespaced": true, "kind": "Review", "verbs": ["create"]}]})";

KindWords words(std::string kind) {
    return {.api_version = "flows.knative.dev/v1", .kind = std::move(kind)};
}

Result<std::string> plural_of(
    std::string kind, int status = 200, std::string body = std::string(flows)) {
    return read_plural(
        words(std::move(kind)), {.status = status, .headers = {}, .body = std::move(body)});
}

}  // namespace

TEST_CASE("Discovery: a group and version is asked for its kinds, the core group at /api") {
    CHECK(discovery_call(words("Sequence"))->target == "/apis/flows.knative.dev/v1");
    CHECK(discovery_call({.api_version = "v1", .kind = "Service"})->target == "/api/v1");
}

TEST_CASE("Discovery: words that can name no group are refused, and lead to no other path") {
    for (auto const* wrong : {"", "a/b/c", "/v1", "a/", "../../api/v1", "a/v1?x=y", "A/v1"}) {
        auto const call = discovery_call({.api_version = wrong, .kind = "Service"});
        REQUIRE_FALSE(call);
        CHECK(call.error().code == ErrorCode::invalid);
    }
}

TEST_CASE("Discovery: a kind's plural is the server's word for it, not that of its parts") {
    CHECK(plural_of("Sequence") == "sequences");
}

TEST_CASE("Discovery: a kind or a group that is not served is not found, with the remedy") {
    for (auto const& missing : {plural_of("Parallel"), plural_of("Sequence", 404, "404 page")}) {
        REQUIRE_FALSE(missing);
        CHECK(missing.error().code == ErrorCode::not_found);
        CHECK(missing.error().detail.contains("install its CustomResourceDefinition"));
    }
}

TEST_CASE("Discovery: what is in no namespace, or has no watch, cannot be followed") {
    CHECK(plural_of("Planet").error().code == ErrorCode::invalid);
    CHECK(plural_of("Review").error().code == ErrorCode::invalid);
}

TEST_CASE("Discovery: an answer that says nothing of kinds is no absence") {
    CHECK(plural_of("Sequence", 503, "{}").error().code == ErrorCode::unavailable);
    CHECK(plural_of("Sequence", 403, "{}").error().code == ErrorCode::forbidden);
    CHECK(plural_of("Sequence", 200, "{}").error().code == ErrorCode::unavailable);
}

TEST_CASE("Discovery: a kind that was found keeps its place, once for the same words") {
    KindNames names;
    ResourceKind const& first = names.keep(words("Sequence"), "sequences");
    for (int i = 0; i < 100; ++i)
        names.keep(words("Kind" + std::to_string(i)), "kinds");
    CHECK(&names.keep(words("Sequence"), "sequences") == &first);
    CHECK(first == ResourceKind{"flows.knative.dev", "v1", "Sequence", "sequences"});
    CHECK(names.keep({.api_version = "v1", .kind = "Service"}, "services").folder() == "services");
}
