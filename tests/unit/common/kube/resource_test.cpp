// SPDX-License-Identifier: Apache-2.0
#include "common/kube/resource_store.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

Resource trigger() {
    return {.object = *parse_json(R"({"kind": "Trigger",
        "metadata": {"name": "echo", "namespace": "default", "uid": "u-1", "generation": 1,
            "resourceVersion": "7", "labels": {"millrace.dev/part": "filter"}},
        "spec": {"broker": "default"}, "status": {"observedGeneration": 1}})")};
}

Resource with(std::string const& pointer, Json value) {
    Resource resource = trigger();
    resource.object[Json::json_pointer(pointer)] = std::move(value);
    return resource;
}

}  // namespace

TEST_CASE("Resource: its content is the same while only servers write to it") {
    std::uint64_t const content = content_hash(trigger());
    CHECK(content_hash(with("/status/observedGeneration", 2)) == content);
    CHECK(content_hash(with("/metadata/resourceVersion", "8")) == content);
}

TEST_CASE("Resource: its content is another when its wish, a label or the object is another") {
    std::uint64_t const content = content_hash(trigger());
    CHECK(content_hash(with("/spec/broker", "other")) != content);
    CHECK(content_hash(with("/data", Json{{"handler.py", "x"}})) != content);
    CHECK(content_hash(with("/metadata/labels/millrace.dev~1part", "route")) != content);
    CHECK(content_hash(with("/metadata/annotations", Json{{"a", "b"}})) != content);
    CHECK(content_hash(with("/metadata/uid", "u-2")) != content);
}

TEST_CASE("Selector: it selects by namespace, by a label's value and by its presence") {
    CHECK(Selector().matches(trigger()));
    CHECK(Selector{.name_space = "default"}.matches(trigger()));
    CHECK_FALSE(Selector{.name_space = "other"}.matches(trigger()));
    CHECK(Selector{.labels = {{"millrace.dev/part", "filter"}}}.matches(trigger()));
    CHECK_FALSE(Selector{.labels = {{"millrace.dev/part", "route"}}}.matches(trigger()));
    CHECK(Selector{.labels = {{"millrace.dev/part", std::nullopt}}}.matches(trigger()));
    CHECK_FALSE(Selector{.labels = {{"millrace.dev/other", std::nullopt}}}.matches(trigger()));
    Resource bare = trigger();
    bare.object["metadata"].erase("labels");
    CHECK_FALSE(Selector{.labels = {{"millrace.dev/part", std::nullopt}}}.matches(bare));
}

TEST_CASE("Resource: its status is of the spec as it is, unless it says another generation") {
    auto const observed = [](std::string const& status) {
        return Resource{*parse_json(R"({"metadata":{"generation":2},"status":)" + status + "}")}
            .is_observed();
    };
    CHECK(observed(R"({"observedGeneration":2})"));
    CHECK_FALSE(observed(R"({"observedGeneration":1})"));
    CHECK(observed("{}"));
}
