// SPDX-License-Identifier: Apache-2.0
#include "common/event/cloud_event.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

CloudEvent least() {
    CloudEvent event;
    event.id = "1";
    event.source = "/s";
    event.type = "t";
    return event;
}

/// All that is wrong with the least event once its attribute `name` is `value`.
std::string faults_with(std::string_view name, std::string value) {
    CloudEvent event = least();
    event.set_attribute(name, std::move(value));
    return to_sentences(check(event));
}

}  // namespace

TEST_CASE("Event: the least one is whole, and each required attribute is asked for by name") {
    CHECK(check(least()).empty());
    for (std::string const name : {"id", "source", "type"}) {
        INFO(name);
        CHECK(faults_with(name, "") == name + " is required.");
    }
}

TEST_CASE("Event: versions 1.0 and 0.3 are known and no other") {
    CHECK(faults_with("specversion", "0.3").empty());
    for (std::string const version : {"1.1", "1", "0.2", "2.0", "1.0 "}) {
        INFO(version);
        CHECK(
            faults_with("specversion", version) ==
            "specversion must be 1.0 or 0.3, not \"" + version + "\".");
    }
}

TEST_CASE("Event: an attribute is found by its name, whether it has a member or not") {
    CloudEvent event = least();
    for (auto const* name :
         {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema",
          "vmname"}) {
        event.set_attribute(name, "value of " + std::string(name));
        INFO(name);
        CHECK(event.attribute(name) == "value of " + std::string(name));
    }
    CHECK(event.subject == "value of subject");
    CHECK(event.extensions.size() == 1);
    CHECK(event.attribute("none").empty());
}

TEST_CASE("Event: version 0.3's schemaurl is 1.0's dataschema") {
    CloudEvent event = least();
    event.set_attribute("schemaurl", "/x");
    CHECK(event.dataschema == "/x");
    CHECK(event.attribute("dataschema") == "/x");
    CHECK(event.extensions.empty());
}

TEST_CASE("Event: extensions are kept sorted, replaced, and removed by an empty value") {
    CloudEvent event = least();
    for (auto const* name : {"m", "a", "z", "m"})
        event.set_attribute(name, name);
    event.set_attribute("a", "new");
    event.set_attribute("z", "");
    event.set_attribute("none", "");
    CHECK(
        event.extensions ==
        std::vector<std::pair<std::string, std::string>>{{"a", "new"}, {"m", "m"}});
}

TEST_CASE("Event: a name is 1 to 64 lower-case letters and digits") {
    for (std::string const name : {"a", "0", "vmname2"}) {
        INFO(name);
        CHECK(is_attribute_name(name));
    }
    CHECK(is_attribute_name(std::string(64, 'x')));
    CHECK_FALSE(is_attribute_name(std::string(65, 'x')));
    for (std::string const name : {"", "A", "a-b", "a_b", "a.b", "a b", "\xc3\xa4"}) {
        INFO(name);
        CHECK_FALSE(is_attribute_name(name));
    }
}

TEST_CASE("Event: an extension whose name is none is told, cut where it is long") {
    CloudEvent event = least();
    event.extensions = {{"Bad-Name", "x"}, {std::string(100, 'y'), "x"}};
    CHECK(
        to_string(check(event)) ==
        "Bad-Name: must be lower-case letters and digits, at most 64.\n" + std::string(64, 'y') +
            ": must be lower-case letters and digits, at most 64.");
}

TEST_CASE("Event: what CloudEvents defines itself is no extension") {
    for (auto const* name :
         {"id", "source", "specversion", "type", "datacontenttype", "dataschema", "schemaurl",
          "subject", "time", "data"}) {
        INFO(name);
        CHECK(is_core_attribute(name));
    }
    CHECK_FALSE(is_core_attribute("vmname"));
    CHECK_FALSE(is_core_attribute("datacontentencoding"));
}

TEST_CASE("Event: one value may have 8 KiB, all names and values 16 KiB together") {
    std::string const most(attribute_bytes_max, 'x');
    CHECK(faults_with("subject", most).empty());
    CHECK(faults_with("subject", most + "x") == "subject must be at most 8 KiB long.");
    CHECK(
        faults_with("datacontenttype", most + "x") ==
        "datacontenttype must be at most 8 KiB long.");
    CloudEvent event = least();
    event.subject = most;
    // 8 bytes around each of 7 attributes and 1 extension of one letter, and the least event's own.
    std::size_t const left = attributes_bytes_max - most.size() - 8 * 8 - 4 - 1;
    event.set_attribute("a", std::string(left, 'x'));
    CHECK(check(event).empty());
    event.set_attribute("a", std::string(left + 1, 'x'));
    CHECK(to_string(check(event)) == "attributes: must be at most 16 KiB together.");
}

TEST_CASE("Event: a text cut to its bound is cut between characters") {
    std::string const text(attribute_bytes_max - 1, 'x');
    CHECK(to_attribute_text(text + "\xe2\x82\xac") == text);
    CHECK(to_attribute_text(text + "ab") == text + "a");
}

TEST_CASE("Event: JSON is told by its media type, parameters and case aside") {
    for (auto const* type :
         {"application/json", "APPLICATION/JSON; charset=utf-8", "text/json",
          "application/vnd.vmware.event+json", "application/problem+json ;x=y"}) {
        INFO(type);
        CHECK(is_json_type(type));
    }
    for (auto const* type :
         {"", "text/plain", "application/jsonl", "application/json-seq", "json", "application/+jso",
          "text/plain; x=+json"}) {
        INFO(type);
        CHECK_FALSE(is_json_type(type));
    }
}
