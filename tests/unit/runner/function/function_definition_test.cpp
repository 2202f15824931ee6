// SPDX-License-Identifier: Apache-2.0
#include "runner/function/function_definition.hpp"

#include "common/base/yaml.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::runner;

namespace {

Resource service(std::string const& yaml) {
    return {parse_yaml(yaml, "f").value().front().value};
}

std::string const good = R"(
metadata: {name: echo, generation: 7, labels: {millrace.dev/runtime: python}}
spec:
  template:
    metadata:
      annotations: {autoscaling.knative.dev/min-scale: "1", autoscaling.knative.dev/max-scale: "3"}
    spec:
      timeoutSeconds: 12
      containers:
        - image: dev.local/millrace/python:0.1.0
          env:
            - {name: COLOR, value: blue}
            - {name: TOKEN, valueFrom: {secretKeyRef: {name: s, key: t}}}
          envFrom: [{secretRef: {name: proxy, optional: true}}, {secretRef: {name: echo-secret}}]
          volumeMounts: [{name: code, mountPath: /function}]
      volumes: [{name: code, configMap: {name: echo-abc}}]
)";

}  // namespace

TEST_CASE("Function: a Knative Service says runtime, code, settings, secrets, scale and deadline") {
    auto const function = parse_function(service(good));
    REQUIRE(function);
    CHECK(function->revision == "echo-00007");
    CHECK(function->runtime == "python");
    CHECK(function->code == "echo-abc");
    CHECK(function->environment.at("COLOR") == "blue");
    CHECK(function->secret_keys.at("TOKEN") == std::pair<std::string, std::string>("s", "t"));
    CHECK(
        function->secrets == std::vector<SecretReference>{
                                 {.name = "proxy", .is_optional = true}, {.name = "echo-secret"}});
    CHECK(function->timeout == 12s);
    CHECK(function->instances_min == 1);
    CHECK(function->instances_max == 3);
}

TEST_CASE(
    "Function: a readinessProbe, and what a server adds to it, is for Knative: the same runs") {
    std::string text = good;
    text.replace(
        text.find("          volumeMounts"), 0,
        "          readinessProbe: {httpGet: {path: /readyz, port: 0}, periodSeconds: 1,\n"
        "                           failureThreshold: 3, successThreshold: 1, timeoutSeconds: "
        "1}\n");
    CHECK(parse_function(service(text)).value() == parse_function(service(good)).value());
}

TEST_CASE("Function: every fault of a Service is told at once") {
    auto const function = parse_function(service(R"(
metadata: {name: bad, labels: {millrace.dev/runtime: cobol}}
spec:
  template:
    metadata: {annotations: {autoscaling.knative.dev/max-scale: "many"}}
    spec:
      timeoutSeconds: 0
      containers: [{env: [{value: x}], envFrom: [{configMapRef: {name: c}}]}]
)"));
    REQUIRE_FALSE(function);
    std::string const text = to_string(function.error());
    INFO(text);
    for (auto const* part :
         {"not \"cobol\"", "max-scale", "timeoutSeconds", "without a name", "no secretRef",
          "/function"})
        CHECK(text.find(part) != std::string::npos);
}

TEST_CASE("Function: more instances than max-scale cannot always be there") {
    std::string text = good;
    text.replace(text.find("max-scale: \"3\""), 14, "max-scale: \"0\"");
    text.replace(text.find("min-scale: \"1\""), 14, "min-scale: \"2\"");
    auto const unlimited = parse_function(service(text));
    REQUIRE(unlimited);
    CHECK(unlimited->instances_max == 2);
    text.replace(text.find("max-scale: \"0\""), 14, "max-scale: \"1\"");
    auto const function = parse_function(service(text));
    REQUIRE_FALSE(function);
    CHECK(to_string(function.error()).find("not be more than max-scale, 1") != std::string::npos);
}

TEST_CASE("Function: containerConcurrency is how many events a worker of PowerShell has at once") {
    auto const with = [](std::string const& runtime, std::string const& line) {
        std::string text = good;
        text.replace(text.find("runtime: python"), 15, "runtime: " + runtime);
        text.replace(text.find("      timeoutSeconds: 12\n"), 0, line);
        return parse_function(service(text));
    };
    CHECK(with("powershell", "").value().concurrency == 1);
    // What an API server writes where nothing is said.
    CHECK(with("powershell", "      containerConcurrency: 0\n").value().concurrency == 1);
    CHECK(with("powershell", "      containerConcurrency: 4\n").value().concurrency == 4);
    CHECK(with("powershell", "      containerConcurrency: 16\n").value().concurrency == 16);
    for (auto const* runtime : {"python", "shell"})
        CHECK(with(runtime, "      containerConcurrency: 100\n").value().concurrency == 1);
    auto const many = with("powershell", "      containerConcurrency: 17\n");
    REQUIRE_FALSE(many);
    CHECK(
        to_string(many.error())
            .find("template/spec/containerConcurrency: must be at most 16 for PowerShell, not 17: "
                  "each "
                  "event at once has a runspace of its own.") != std::string::npos);
    for (auto const* value : {"-1", "many", "1001"}) {
        auto const wrong =
            with("python", std::string("      containerConcurrency: ") + value + "\n");
        REQUIRE_FALSE(wrong);
        CHECK(to_string(wrong.error()).find("a whole number from 0 to 1000") != std::string::npos);
    }
}

// ui-trial 17
TEST_CASE("Function: a setting that would keep its worker from starting is refused by name") {
    for (auto const* name :
         {"PATH", "LD_PRELOAD", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "BASH_ENV", "IFS",
          "TMPDIR", "MILLRACE_CODE", "BASH_FUNC_x"}) {
        INFO(name);
        std::string text = good;
        text.replace(text.find("COLOR"), 5, name);
        auto const function = parse_function(service(text));
        REQUIRE_FALSE(function);
        CHECK(to_string(function.error()).find(std::string("env/") + name) != std::string::npos);
        CHECK(to_string(function.error()).find("choose another name") != std::string::npos);
    }
    for (auto const* name : {"HOME", "PYTHONUNBUFFERED", "LANG", "PATH_TO_X", "my.setting-1"})
        CHECK(reason_against_variable(name).empty());
    CHECK_FALSE(reason_against_variable("A=B").empty());
    CHECK_FALSE(reason_against_variable("A B").empty());
}
