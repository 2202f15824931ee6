// SPDX-License-Identifier: Apache-2.0
#include "ovagen/outputs.hpp"

#include "common/base/json.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::ovagen;

namespace {

PropertyList example() {
    auto list = read_property_list(R"x({"groups": [
        {"id": "a", "label": "First", "help": "h"}, {"id": "b", "label": "Second", "help": "h"}],
      "properties": [
        {"key": "name", "group": "a", "label": "Name | \"A\"", "help": "<Name> & more",
         "since": "veba",
         "type": "user_name", "length": [1, 64], "required": true, "example": "it's"},
        {"key": "code", "group": "a", "label": "Code", "help": "h", "since": "0.1",
         "type": "password", "length": [8, 128], "secret": true, "required_with": ["on"]},
        {"key": "on", "group": "b", "label": "On", "help": "h", "since": "0.1",
         "type": "boolean", "default": "false"},
        {"key": "port", "group": "b", "label": "Port", "help": "h", "since": "0.1",
         "type": "integer", "range": [1, 65535], "default": "514"},
        {"key": "way", "group": "b", "label": "Way", "help": "h", "since": "0.1",
         "type": "choice", "choices": ["TCP", "UDP"], "default": "TCP"},
        {"key": "old", "group": "b", "label": "Old", "help": "h", "since": "veba",
         "type": "ignored"}]})x");
    REQUIRE(list);
    return std::move(*list);
}

bool has(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("OVF section: each property has its type, bounds and default, in numbered categories") {
    std::string const xml = ovf_product_section(example(), "1.2.3");
    INFO(xml);
    CHECK(has(xml, "<Version>1.2.3</Version>"));
    CHECK(has(xml, "<Category>01. First</Category>"));
    CHECK(has(xml, "<Category>02. Second</Category>"));
    CHECK(has(
        xml,
        R"x(ovf:key="guestinfo.name" ovf:type="string" ovf:qualifiers="MinLen(1),MaxLen(64)")x"));
    CHECK(has(xml, R"x(ovf:key="guestinfo.on" ovf:type="boolean" ovf:userConfigurable="true")x"));
    CHECK(has(xml, R"x(ovf:type="uint32" ovf:qualifiers="MinValue(1),MaxValue(65535)")x"));
    CHECK(has(xml, R"x(ovf:qualifiers="ValueMap{&quot;TCP&quot;,&quot;UDP&quot;}")x"));
    CHECK(has(xml, R"x(ovf:value="514")x"));
    CHECK(has(xml, "<Description>&lt;Name&gt; &amp; more</Description>"));
}

TEST_CASE("OVF section: a secret is a password, and may stay empty where it is not needed") {
    std::string const xml = ovf_product_section(example(), "1");
    INFO(xml);
    CHECK(
        has(xml, R"x(ovf:key="guestinfo.code" ovf:type="string" ovf:qualifiers="MaxLen(128)" )x"
                 R"x(ovf:userConfigurable="true" ovf:password="true" ovf:value="")x"));
}

TEST_CASE("C++ table: a row has what is not the default") {
    std::string const source = property_table_source(example());
    INFO(source);
    CHECK(has(source, R"x(constexpr std::string_view required_with_code[] = {"on"};)x"));
    CHECK(has(source, R"x(constexpr std::string_view choices_of_way[] = {"TCP", "UDP"};)x"));
    CHECK_FALSE(has(source, ".label"));
    CHECK(has(source, ".type = PropertyType::integer"));
    CHECK(has(source, ".words = \"a whole number from 1 to 65535\""));
    CHECK_FALSE(has(source, ".required = false"));
}

TEST_CASE("Markdown: a table a group, whose cells stay whole") {
    std::string const text = properties_markdown(example());
    INFO(text);
    CHECK(has(text, "## First\n"));
    CHECK(has(text, R"x(| `name` | Name \| "A". <Name> & more | a name |  | yes | VEBA |)x"));
    CHECK(has(text, "a password of at least 8 characters; hidden |  | with `on` | 0.1 |"));
}

TEST_CASE("the console's form and the samples leave out what has no effect") {
    auto const form = parse_json(form_json(example()));
    REQUIRE(form);
    Json const& groups = *find_json(*form, "groups");
    CHECK(string_at((*find_json(groups[0], "fields"))[0], "key") == "name");
    CHECK(find_json(groups[1], "fields")->size() == 3);
    auto const govc = parse_json(govc_sample(example()));
    REQUIRE(govc);
    Json const& mapping = *find_json(*govc, "PropertyMapping");
    CHECK(mapping.size() == 5);
    CHECK(string_at(mapping[0], "Key") == "guestinfo.name");
    // A quote in an example is one for the shell, too.
    CHECK(has(ovftool_sample(example()), R"x(--prop:guestinfo.name='it'\''s' \)x"));
}
