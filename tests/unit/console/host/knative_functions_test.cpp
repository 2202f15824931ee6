// SPDX-License-Identifier: Apache-2.0
#include "console/host/knative_functions.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::console;

namespace {

Json parse(std::string const& text) {
    return parse_json(text).value();
}

std::string condition(std::string const& type, std::string const& rest) {
    return R"({"type":")" + type + R"(",)" + rest + "}";
}

/// A Service whose newest revision is echo-00002 and that serves echo-00001.
Resource service(std::string const& ready, int observed_generation = 2) {
    return {parse(
        R"({"metadata":{"name":"echo","namespace":"f","generation":2},"status":{)"
        R"("latestCreatedRevisionName":"echo-00002","latestReadyRevisionName":"echo-00001",)"
        R"("observedGeneration":)" +
        std::to_string(observed_generation) +
        R"(,"traffic":[{"revisionName":"echo-00001","percent":90},)"
        R"({"revisionName":"echo-00002","percent":10}],"conditions":[)" +
        condition("Ready", ready) + "]}}")};
}

Resource revision(std::string const& number, std::string const& ready) {
    return {parse(
        R"({"metadata":{"name":"echo-0000)" + number +
        R"(","namespace":"f","creationTimestamp":"2026-11-27T10:00:00Z","labels":{)"
        R"("serving.knative.dev/service":"echo","serving.knative.dev/configurationGeneration":")" +
        number + R"("}},"status":{"conditions":[)" + condition("Ready", ready) + "]}}")};
}

Resource pod(std::string const& revision, std::string const& ready, std::string const& container) {
    return {parse(
        R"({"metadata":{"name":"echo-pod","namespace":"f","labels":{)"
        R"("serving.knative.dev/service":"echo","serving.knative.dev/revision":")" +
        revision + R"("}},"status":{"conditions":[)" + condition("Ready", ready) +
        R"(],"containerStatuses":[{"name":"queue-proxy","state":{"running":{}}},)"
        R"({"name":"user-container","image":"dev.local/x:1",)" +
        container + "}]}}")};
}

std::string state_of(KnativeObjects const& objects) {
    Json const report = function_reports(objects).front();
    return string_at(report, "state") + ": " + string_at(report, "cause");
}

std::string const good = R"("status":"True")";
std::string const unknown = R"("status":"Unknown","message":"Waits for its first instance.")";
std::string const running = R"("state":{"running":{}})";

KnativeObjects objects_with(std::vector<Resource> pods) {
    return {{service(good)}, {revision("1", good), revision("2", good)}, std::move(pods)};
}

}  // namespace

TEST_CASE("Function in Knative: Idle without an instance, Running with one that is ready") {
    CHECK(state_of(objects_with({})) == "Idle: ");
    CHECK(state_of(objects_with({pod("echo-00002", good, running)})) == "Running: ");
    CHECK(state_of(objects_with({pod("echo-00002", unknown, running)})) == "Idle: ");
}

TEST_CASE("Function in Knative: Starting until its conditions speak of what is wanted now") {
    CHECK(
        state_of({{service(unknown)}, {revision("2", unknown)}, {}}) ==
        "Starting: Waits for its first instance.");
    CHECK(state_of({{service(good, 1)}, {revision("2", good)}, {}}).starts_with("Starting"));
}

TEST_CASE("Function in Knative: what a program said last is why its revision does not load") {
    std::string const said = "Traceback (most recent call last):\\nSyntaxError: expected ':'\\n";
    std::string const failed = R"("status":"False","reason":"ExitCode1","message":)"
                               R"("Container failed with: )" +
                               said + "\"";
    std::string const expected =
        "Error: Revision echo-00002 cannot be loaded: SyntaxError: expected ':'";
    CHECK(state_of({{service(unknown)}, {revision("2", failed)}, {}}) == expected);
    // Before Knative has noticed: the pod says so itself.
    CHECK(
        state_of(
            {{service(unknown)},
             {revision("2", unknown)},
             {pod(
                 "echo-00002", unknown,
                 R"("state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":)"
                 R"({"exitCode":1,"reason":"Error","message":")" +
                     said + "\"}}")}}) == expected);
}

TEST_CASE("Function in Knative: an image that is not there is named") {
    std::string const waiting =
        R"("state":{"waiting":{"reason":"ErrImageNeverPull","message":"Image is not present."}})";
    CHECK(
        state_of(
            {{service(unknown)},
             {revision("2", unknown)},
             {pod("echo-00002", unknown, waiting)}}) ==
        "Error: Revision echo-00002 cannot be loaded: Its image dev.local/x:1 is not there. On the "
        "appliance, bring its archive under System, Images. The node says: Image is not present.");
}

TEST_CASE("Function in Knative: a ready function whose instance ends again and again is failing") {
    std::string const ended =
        R"("state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":)"
        R"({"exitCode":137,"reason":"OOMKilled"}})";
    std::string const not_ready = R"("status":"False")";
    CHECK(
        state_of(objects_with({pod("echo-00002", not_ready, ended)})) ==
        "Failing: It ended with exit code 137 (OOMKilled).");
    // An instance that serves beside it is what counts.
    CHECK(
        state_of(objects_with(
            {pod("echo-00002", not_ready, ended), pod("echo-00001", good, running)})) ==
        "Running: ");
}

TEST_CASE("Function in Knative: a fault that the Service alone has is told") {
    std::string const refused = R"("status":"False","reason":"RevisionMissing","message":)"
                                R"("Configuration \"echo\" does not have any ready Revision.")";
    CHECK(
        state_of({{service(refused)}, {}, {}}) ==
        "Error: Configuration \"echo\" does not have any ready Revision.");
}

TEST_CASE("Revisions in Knative: oldest first, each with its traffic and why it cannot serve") {
    std::string const failed =
        R"("status":"False","reason":"ProgressDeadlineExceeded","message":"600 s have passed.")";
    std::vector<Resource> revisions;
    for (auto const* number : {"9", "2", "1"})
        revisions.push_back(revision(number, std::string(number) == "9" ? failed : good));
    KnativeObjects const objects{{service(good)}, revisions, {pod("echo-00002", good, running)}};
    Json const records = revision_records(objects, objects.services.front());
    REQUIRE(records.size() == 3);
    CHECK(string_at(records[0], "name") == "echo-00001");
    CHECK(integer_at(records[0], "traffic") == 90);
    CHECK(integer_at(records[1], "traffic") == 10);
    CHECK(string_at(records[0], "problem").empty());
    CHECK(string_at(records[0], "state") == "Idle");
    CHECK(string_at(records[1], "state") == "Running");
    CHECK(string_at(records[2], "name") == "echo-00009");
    CHECK(string_at(records[2], "problem") == "It did not get ready in time: 600 s have passed.");
}

TEST_CASE("Logs in Knative: of the pods whose container has begun") {
    std::vector<Resource> const pods = {
        pod("echo-00001", good, running), pod("echo-00002", unknown, R"("state":{"waiting":{}})")};
    CHECK(pods_with_log(pods, "echo").size() == 1);
    CHECK(pods_with_log(pods, "another").empty());
    CHECK(restarts_of(pod("echo-00001", good, running + R"(,"restartCount":3)")) == 3);
}
