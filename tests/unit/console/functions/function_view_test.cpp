// SPDX-License-Identifier: Apache-2.0
#include "console/functions/function_view.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::console;

namespace {

Json parse(std::string const& text) {
    return parse_json(text).value();
}

FunctionFacts facts_with(std::string const& hosted, std::string const& trigger_ready) {
    FunctionFacts facts;
    facts.services.push_back({parse(
        R"({"metadata":{"name":"echo","namespace":"default","generation":1,)"
        R"("labels":{"millrace.dev/runtime":"python"}},"spec":{},"status":{"observedGeneration":1,)"
        R"("conditions":[{"type":"ConfigurationsReady","status":"True"},)"
        R"({"type":"RoutesReady","status":"True"}],"latestReadyRevisionName":"echo-00001"}})")});
    if (!trigger_ready.empty())
        facts.triggers.push_back({parse(
            R"({"metadata":{"name":"echo","namespace":"default"},"spec":{"subscriber":{"ref":)"
            R"({"kind":"Service","name":"echo"}},"filters":[{"exact":{"type":"A"}}]},"status":)"
            R"({"conditions":[{"type":"Ready","status":")" +
            trigger_ready + R"(","message":"Broker default is missing."}]}})")});
    facts.functions = parse("[" + hosted + "]");
    return facts;
}

std::string state_of(FunctionFacts const& facts) {
    Json const summary = function_summary(facts, facts.services.front());
    return string_at(summary, "state") + ": " + string_at(summary, "cause");
}

std::string const running = R"({"name":"echo","state":"Running","cause":"","calls":3})";

}  // namespace

TEST_CASE("Health: one word and its cause, from the worst thing known") {
    CHECK(state_of(facts_with(running, "True")) == "Running: ");
    CHECK(state_of(facts_with("", "True")) == "Starting: What runs functions has not seen it yet.");
    CHECK(state_of(facts_with(running, "False")) == "Error: Broker default is missing.");
    CHECK(state_of(facts_with(running, "")).starts_with("Error: No trigger brings it events."));
    CHECK(
        state_of(facts_with(R"({"name":"echo","state":"Error","cause":"SyntaxError"})", "True")) ==
        "Error: SyntaxError");
    FunctionFacts silent = facts_with(running, "True");
    silent.host_problem = "The runner does not run.";
    CHECK(state_of(silent) == "Error: The runner does not run.");
}

// ui-trial 4
TEST_CASE("Health: a revision that does not load is not blamed on the one that serves") {
    FunctionFacts const facts = facts_with(
        R"({"name":"echo","state":"Error","revision":"echo-00002","latestRevision":"echo-00003",)"
        R"("cause":"Revision echo-00003 cannot be loaded: SyntaxError: expected ':'"})",
        "True");
    CHECK(
        state_of(facts) ==
        "Failing: echo-00003 does not load, echo-00002 still handles the events: SyntaxError: "
        "expected ':'");
    Json const summary = function_summary(facts, facts.services.front());
    CHECK(string_at(summary, "broken/revision") == "echo-00003");
    CHECK(string_at(summary, "broken/cause") == "SyntaxError: expected ':'");
    Json const revisions = revision_views(
        facts, facts.services.front(),
        parse(R"([{"name":"echo-00002","createdAt":"x","problem":"","traffic":100},)"
              R"({"name":"echo-00003","createdAt":"x","problem":"SyntaxError","traffic":0}])"));
    REQUIRE(revisions.size() == 2);
    CHECK(string_at(revisions[0], "state") == "Error");
    CHECK(string_at(revisions[0], "cause") == "SyntaxError");
    CHECK(string_at(revisions[1], "state") == "Running");
    CHECK(string_at(revisions[1], "cause").empty());
    // A first revision that does not load leaves nothing that serves.
    FunctionFacts const first = facts_with(
        R"({"name":"echo","state":"Error","revision":"","latestRevision":"echo-00001",)"
        R"("cause":"Revision echo-00001 cannot be loaded: SyntaxError"})",
        "True");
    CHECK(state_of(first).starts_with("Error: "));
    CHECK(function_summary(first, first.services.front())["broken"].is_null());
}

TEST_CASE("Health: deliveries that fail while events wait make it failing") {
    FunctionFacts facts = facts_with(running, "True");
    facts.broker = parse(
        R"([{"trigger":"default/echo","pending":2,"lastError":{"error":"500 from the function"}}])");
    CHECK(state_of(facts) == "Failing: 500 from the function");
}

TEST_CASE("Deployment: four steps, and what follows an unfinished one has not begun") {
    FunctionFacts const done = facts_with(running, "True");
    Json const finished = function_detail(done, done.services.front());
    CHECK(string_at(finished, "deployment/state") == "done");
    FunctionFacts const begun = facts_with(R"({"name":"echo","state":"Starting"})", "True");
    Json const active = function_detail(begun, begun.services.front());
    CHECK(string_at(active, "deployment/state") == "active");
    std::vector<std::string> states;
    for (Json const& step : *find_json(active, "deployment/steps"))
        states.push_back(string_at(step, "state"));
    CHECK(states == std::vector<std::string>{"done", "active", "pending", "pending"});
}

TEST_CASE("Deployment: a trigger that waits for the function's address is under way, not failed") {
    FunctionFacts facts = facts_with(running, "False");
    facts.triggers.front().object["status"]["conditions"].push_back(
        parse(R"({"type":"SubscriberResolved","status":"False"})"));
    Json const detail = function_detail(facts, facts.services.front());
    CHECK(string_at(detail, "deployment/state") == "active");
    CHECK(string_at(detail, "state") == "Running");
    facts.triggers.front().object["status"]["conditions"].push_back(
        parse(R"({"type":"BrokerReady","status":"False"})"));
    Json const refused = function_detail(facts, facts.services.front());
    CHECK(string_at(refused, "deployment/state") == "failed");
}

TEST_CASE("Calls: where nobody hosts a function for good, the broker's deliveries are its calls") {
    FunctionFacts facts = facts_with(R"({"name":"echo","state":"Idle","cause":""})", "True");
    facts.broker = parse(R"([{"trigger":"default/echo","delivered":7,"failed":2,"pending":1,)"
                         R"("lastDeliveredAt":"2026-11-27T10:00:00Z"},)"
                         R"({"trigger":"default/another","delivered":5,"failed":5}])");
    Json const summary = function_summary(facts, facts.services.front());
    CHECK(integer_at(summary, "calls") == 9);
    CHECK(integer_at(summary, "failures") == 2);
    CHECK(string_at(summary, "lastCallAt") == "2026-11-27T10:00:00Z");
}
