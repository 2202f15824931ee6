// SPDX-License-Identifier: Apache-2.0
#include "console/functions/function_edit.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::console;

namespace {

Json parse(std::string const& text) {
    return parse_json(text).value();
}

}  // namespace

TEST_CASE("Files: the handler must be there, names are plain, and every fault is told") {
    FieldFaults faults;
    files_from_json(
        parse(R"({"files":[{"path":"../x","content":""},{"path":"a","content":"1"},)"
              R"({"path":"a","content":"2"}]})"),
        "python", faults);
    REQUIRE(faults.size() == 3);
    CHECK(faults[0].pointer == "/files/0/path");
    CHECK(faults[1].detail == "a stands twice.");
    CHECK(faults[2].detail.starts_with("handler.py must be there"));
}

TEST_CASE("Files: the handler comes first") {
    Json const json = files_to_json({{"a.txt", "1"}, {"handler.py", "2"}}, "python", "f-00001");
    CHECK(string_at(json["files"][0], "path") == "handler.py");
}

TEST_CASE("Settings: plain ones are replaced, those from Secrets stay") {
    Resource service;
    service.object =
        parse(R"({"spec":{"template":{"spec":{"containers":[{"env":[{"name":"OLD","value":"1"},)"
              R"({"name":"TOKEN","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}]}]}}}})");
    CHECK(dump_json(env_of(service)) == R"([{"name":"OLD","value":"1"}])");
    set_env(service, {{"NEW", "2"}});
    CHECK(dump_json(env_of(service)) == R"([{"name":"NEW","value":"2"}])");
    CHECK(dump_json(service.object).find("secretKeyRef") != std::string::npos);
    CHECK(ensure_secret(service, "f-secret"));
    CHECK_FALSE(ensure_secret(service, "f-secret"));
    CHECK(ensure_secret(service, "proxy", SecretNeed::optional));
    CHECK(
        dump_json(service.object).find(R"({"secretRef":{"name":"proxy","optional":true}})") !=
        std::string::npos);
}

TEST_CASE("Names: functions and variables") {
    for (auto const* good : {"a", "echo", "host-maintenance", "a1"})
        CHECK(is_function_name(good));
    for (auto const* bad : {"", "-a", "a-", "1a", "A", "a_b", "a.b"})
        CHECK_FALSE(is_function_name(bad));
    CHECK_FALSE(is_function_name(std::string(51, 'a')));
    for (auto const* good : {"A", "_x", "VROPS_URL2"})
        CHECK(is_variable_name(good));
    for (auto const* bad : {"", "2A", "A-B", "A B", "Ä"})
        CHECK_FALSE(is_variable_name(bad));
}

TEST_CASE("Function names: \"new\" is the console's own page") {
    CHECK(is_function_name("echo"));
    CHECK(is_function_name("new-echo"));
    for (auto const* name : {"new", "", "Echo", "1echo", "echo-", "e/../x"})
        CHECK_FALSE(is_function_name(name));
}

TEST_CASE("Faults of named members point at them as RFC 6901 wants") {
    auto const body = parse_json(R"({"a/b~c": 1})");
    FieldFaults faults;
    map_from_json(&*body, "/env", faults);
    REQUIRE(faults.size() == 2);
    CHECK(faults[0].pointer == "/env/a~1b~0c");
    CHECK(faults[1].pointer == "/env/a~1b~0c");
}

// ui-trial 16, 17
TEST_CASE("Settings: a fault stands at the field that has it") {
    FieldFaults faults;
    Json const body = {
        {"items",
         {{{"name", "A"}, {"value", std::string(32'769, 'x')}},
          {{"name", "PATH"}, {"value", "/x"}},
          {{"name", "LD_PRELOAD"}, {"value", "/x"}}}}};
    env_from_json(body, faults);
    REQUIRE(faults.size() == 3);
    CHECK(faults[0].pointer == "/items/0/value");
    CHECK(faults[0].code == "tooLong");
    CHECK(faults[1].pointer == "/items/1/name");
    CHECK(faults[1].code == "reserved");
    CHECK(faults[2].pointer == "/items/2/name");
}

// ui-trial 18
TEST_CASE("Settings: a name is a setting's or a secret's, not both") {
    FieldFaults faults;
    check_names_apart({"A", "B"}, {"B", "C"}, "/secrets", faults);
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].pointer == "/secrets/B");
    CHECK(faults[0].code == "taken");
}

TEST_CASE("Image: one of ours comes from where it was pushed to, another one stays") {
    auto const image_of = [](std::string const& image) {
        Resource service;
        service.object["spec"]["template"]["spec"]["containers"] =
            Json::array({Json{{"image", image}}});
        set_image_prefix(service, "registry.example.com/vmware");
        return string_at(service.object["spec"]["template"]["spec"]["containers"].front(), "image");
    };
    CHECK(
        image_of("dev.local/millrace/python:0.1.0") == "registry.example.com/vmware/python:0.1.0");
    CHECK(image_of("ghcr.io/someone/function:1") == "ghcr.io/someone/function:1");
}
