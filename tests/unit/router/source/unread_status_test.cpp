// SPDX-License-Identifier: Apache-2.0
#include "router/source/unread_status.hpp"

#include "common/base/json_equality.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::router;

namespace {

TEST_CASE("Unread status: it says which kind is not read, and what to do until it is") {
    Json const horizon = unread_status(Json::object(), 3, kinds::horizon_source);
    CHECK(horizon.at("observedGeneration") == 3);
    CHECK(string_at(horizon, "state") == "NotSupportedYet");
    Condition const ready = condition(horizon, "Ready");
    CHECK(ready.state == "False");
    CHECK(ready.reason == "NotSupportedYet");
    CHECK(
        ready.message ==
        "This version of Millrace (" MILLRACE_VERSION
        ") does not read HorizonSource: none of its events arrive. Keep it for a later version, "
        "which will read it as it is; until then let another router that reads Horizon post to "
        "the same sink.");
    std::string const webhook =
        condition(unread_status(Json::object(), 1, kinds::webhook_source), "Ready").message;
    CHECK(webhook.find("does not read WebhookSource") != std::string::npos);
    CHECK(webhook.find("post their CloudEvents to the sink itself") != std::string::npos);
}

TEST_CASE("Unread status: what was said of a source that was read does not stay") {
    Json before = Json::object();
    set_condition(before, "Ready", "True", "", "");
    set_condition(before, "AdapterReady", "True", "", "");
    before["sinkUri"] = "http://broker/ns/default";
    Json const status = unread_status(before, 1, kinds::horizon_source);
    CHECK(condition_state(status, "Ready") == "False");
    CHECK(condition_state(status, "AdapterReady") == "Unknown");
    CHECK_FALSE(status.contains("sinkUri"));
}

TEST_CASE("Unread status: it stays the same, with its time, as long as nothing is new") {
    Json first = unread_status(Json::object(), 1, kinds::horizon_source);
    first["conditions"][0]["lastTransitionTime"] = "2026-01-02T03:04:05Z";
    CHECK(says_the_same(unread_status(first, 1, kinds::horizon_source), first));
    CHECK_FALSE(says_the_same(unread_status(first, 2, kinds::horizon_source), first));
}

}  // namespace
