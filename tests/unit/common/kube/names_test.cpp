// SPDX-License-Identifier: Apache-2.0
#include "common/kube/resource.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/revealed.hpp"

using namespace millrace;

TEST_CASE("Names: DNS-1123 labels, one or several with dots between, at most 63 characters") {
    for (std::string const name : {"a", "0", "echo", "my-echo-2", "a.b", "v1.echo", "a--b"}) {
        INFO(name);
        CHECK(is_resource_name(name));
    }
    CHECK(is_resource_name(std::string(63, 'x')));
    CHECK_FALSE(is_resource_name(std::string(64, 'x')));
    for (std::string const name :
         {"", "-a", "a-", ".a", "a.", "a..b", "a.-b", "a-.b", "A", "a_b", "a/b", "a b", "..", "a\n",
          "\xc3\xa4"}) {
        INFO(name);
        CHECK_FALSE(is_resource_name(name));
    }
}

TEST_CASE("Kinds: one is known by apiVersion and kind together, and has a folder of its own") {
    CHECK(*find_kind("eventing.knative.dev/v1", "Trigger") == kinds::trigger);
    CHECK(*find_kind("v1", "Secret") == kinds::secret);
    CHECK(find_kind("v1", "Service") == nullptr);
    CHECK(find_kind("eventing.knative.dev/v1beta1", "Trigger") == nullptr);
    CHECK(find_kind("", "") == nullptr);
    CHECK(kinds::trigger.folder() == "triggers.eventing.knative.dev");
    CHECK(kinds::secret.folder() == "secrets");
}

TEST_CASE("Resource: what it does not have is empty, and a part of another type is none") {
    Resource const bare;
    CHECK(bare.name().text() == "default/");
    CHECK(bare.generation() == 0);
    CHECK(bare.spec().empty());
    Resource const odd{
        .object = parse_json(R"({"metadata":{"name":7,"generation":"1","labels":[]},)"
                             R"("spec":"x","status":[1]})")
                      .value()};
    CHECK(odd.name().name.empty());
    CHECK(odd.generation() == 0);
    CHECK(odd.label("a").empty());
    CHECK(odd.annotation("a").empty());
    CHECK(odd.spec().empty());
    CHECK(odd.status().empty());
}

TEST_CASE("Conditions: the time of change stays while the state stays, whatever else is said") {
    Json status = Json::object();
    set_condition(status, "Ready", "False", "NoAddress", "It has none.");
    status["conditions"][0]["lastTransitionTime"] = "2020-01-01T00:00:00Z";
    set_condition(status, "Ready", "False", "Other", "");
    CHECK(
        dump_json(status) == R"({"conditions":[{"type":"Ready","status":"False","reason":"Other",)"
                             R"("lastTransitionTime":"2020-01-01T00:00:00Z"}]})");
    set_condition(status, "Ready", "True", "", "");
    CHECK(condition_state(status, "Ready") == "True");
    CHECK(string_at(status["conditions"][0], "lastTransitionTime") > "2020-01-01T00:00:00Z");
}

TEST_CASE("Conditions: each type has its own, and one that is not there is unknown") {
    Json status;
    set_condition(status, "Ready", "True", "", "");
    set_condition(status, "Dependency", "False", "", "");
    CHECK(condition_state(status, "Ready") == "True");
    CHECK(condition_state(status, "Dependency") == "False");
    CHECK(condition_state(status, "None") == "Unknown");
    CHECK(condition_state(Json(), "Ready") == "Unknown");
    CHECK(condition_state(Json{{"conditions", "x"}}, "Ready") == "Unknown");
}

TEST_CASE("Conditions: one that was written without its time gets one") {
    Json status = {{"conditions", {{{"type", "Ready"}, {"status", "True"}}}}};
    set_condition(status, "Ready", "True", "", "");
    CHECK_FALSE(string_at(status["conditions"][0], "lastTransitionTime").empty());
}

// Review 4.22: a Secret from the store on.
TEST_CASE("Secret values: base64 from data, plain from stringData, which wins") {
    Resource secret;
    secret.object["data"] = {{"a", "b25l"}, {"b", "dHdv"}};
    secret.object["stringData"] = {{"b", "plain"}, {"c", ""}};
    CHECK(
        test::revealed(secret_values(secret).value()) ==
        std::map<std::string, std::string>{{"a", "one"}, {"b", "plain"}, {"c", ""}});
    CHECK(secret_values(Resource()).value().empty());
}

TEST_CASE("Secret values: what cannot be one is told by its key, the value is not shown") {
    for (auto const* json :
         {R"({"data":{"password":"geheim!"}})", R"({"data":{"password":4711}})",
          R"({"stringData":{"password":4711}})", R"({"stringData":{"password":null}})",
          R"({"stringData":{"password":{"x":"geheim"}}})"}) {
        INFO(json);
        Resource secret{.object = parse_json(json).value()};
        secret.object["metadata"] = {{"name", "vc"}, {"namespace", "default"}};
        auto const values = secret_values(secret);
        REQUIRE_FALSE(values);
        CHECK(values.error().code == ErrorCode::invalid);
        CHECK(values.error().detail.starts_with("Secret default/vc /"));
        CHECK(values.error().detail.find("/password: ") != std::string::npos);
        CHECK(values.error().detail.find("4711") == std::string::npos);
        CHECK(values.error().detail.find("geheim") == std::string::npos);
    }
}
