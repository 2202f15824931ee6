// SPDX-License-Identifier: Apache-2.0
#include "ovagen/property_list.hpp"

#include <algorithm>

#include "common/base/file.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::ovagen;

namespace {

/// A list with one property, whose members besides the usual ones are `members`.
std::string list_with(std::string const& members) {
    return R"({"groups": [{"id": "a", "label": "A", "help": "h"}], "properties": [
        {"key": "one", "group": "a", "label": "One", "help": "h", "since": "0.1", )" +
           members + "}]}";
}

std::string faults_of(std::string const& text) {
    auto const list = read_property_list(text);
    return list ? "" : to_string(list.error());
}

}  // namespace

TEST_CASE("properties.json is a list without a fault, with all keys of the old appliance") {
    auto const text =
        read_file(std::string(MILLRACE_SOURCE_DIR) + "/ova-properties/properties.json", 1 << 20);
    REQUIRE(text);
    auto const list = read_property_list(*text);
    INFO(faults_of(*text));
    REQUIRE(list);
    // research: the form of VEBA 0.8 had 42.
    CHECK(std::ranges::count(list->properties, "veba", &Property::since) == 42);
}

TEST_CASE("property list: what is right is read") {
    auto const list = read_property_list(
        list_with(R"("type": "integer", "range": [1, 9], "default": "5", "required": true)"));
    REQUIRE(list);
    Property const& one = list->properties.front();
    CHECK(one.type->name == "integer");
    CHECK(one.low == 1);
    CHECK(one.high == 9);
    CHECK(one.fallback == "5");
    CHECK(one.required);
}

TEST_CASE("property list: all faults are told at once, each with its place") {
    std::string const faults = faults_of(
        R"({"groups": [{"id": "a"}], "properties": [{"key": "One", "type": "int", "colour": 1}]})");
    INFO(faults);
    for (auto const* part :
         {"group 0 /label", "group 0 /help", "One /key: must be lower-case", "\"int\" is no type",
          "One /label", "One /since", "One /colour: is no member"})
        CHECK(faults.find(part) != std::string::npos);
}

TEST_CASE("property list: a bound belongs to the types that have it, which need it") {
    CHECK(faults_of(list_with(R"("type": "integer")")).find("range") != std::string::npos);
    CHECK(
        faults_of(list_with(R"("type": "host", "range": [1, 2])")).find("range") !=
        std::string::npos);
    CHECK(
        faults_of(list_with(R"("type": "integer", "range": [9, 1])"))
            .find("must be [least, greatest]") != std::string::npos);
    CHECK(faults_of(list_with(R"("type": "ipv4_network")")).find("prefix") != std::string::npos);
    CHECK(faults_of(list_with(R"("type": "host_list")")).find("items") != std::string::npos);
    CHECK(faults_of(list_with(R"("type": "choice")")).find("choices") != std::string::npos);
    CHECK(
        faults_of(list_with(R"("type": "choice", "choices": ["a"], "default": "b")"))
            .find("must be one of the choices") != std::string::npos);
}

TEST_CASE("property list: a password is never shown") {
    CHECK(
        faults_of(list_with(R"("type": "password")")).find("secret: must be true") !=
        std::string::npos);
    CHECK(faults_of(list_with(R"("type": "private_key", "secret": true)")).empty());
}

TEST_CASE("property list: a key stands once, in a group that is there and goes on") {
    std::string const property =
        R"({"key": "one", "group": "a", "label": "L", "help": "h", "since": "0.1", "type": "host"})";
    std::string const groups =
        R"({"groups": [{"id": "a", "label": "A", "help": "h"}], "properties": [)";
    CHECK(
        faults_of(groups + property + "," + property + "]}").find("one: stands twice") !=
        std::string::npos);
    std::string other = property;
    other.replace(other.find("\"a\""), 3, "\"b\"");
    CHECK(
        faults_of(groups + other + "]}").find("has a group that is unknown") != std::string::npos);
    CHECK(
        faults_of(list_with(R"("type": "host", "required_with": ["two"])"))
            .find("\"two\", which is none") != std::string::npos);
}

TEST_CASE("prefixes are spelt as the old appliance's form had them") {
    auto const choices = ipv4_prefix_choices();
    REQUIRE(choices.size() == 32);
    CHECK(choices.front() == "32 (255.255.255.255)");
    CHECK(std::ranges::find(choices, "24 (255.255.255.0)") != choices.end());
    CHECK(std::ranges::find(choices, "9 (255.128.0.0)") != choices.end());
    CHECK(choices.back() == "1 (128.0.0.0)");
}
