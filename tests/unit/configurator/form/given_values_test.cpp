// SPDX-License-Identifier: Apache-2.0
#include "configurator/form/given_values.hpp"

#include "tests/support/json.hpp"
#include "tests/unit/configurator/form/given_properties.hpp"

using namespace millrace;
using namespace millrace::configurator;
using millrace::test::json;
using namespace millrace::configurator::test;

TEST_CASE("given values: what a request leaves out stays, what it has empty goes") {
    auto const given = with(least_form(), "hostname", "a.example");
    auto const form =
        with_values(given, json(R"({"values": {"hostname": "", "dns": "192.0.2.1"}})"));
    REQUIRE(form);
    CHECK(form->at("hostname").reveal().empty());
    CHECK(form->at("dns").reveal() == "192.0.2.1");
    CHECK(form->at("root_password").reveal() == "a root password");
    auto const first = with_values({}, json(R"({"values": {"dns": "192.0.2.1"}})"));
    REQUIRE(first);
    CHECK(first->size() == 1);
}

TEST_CASE("given values: what is no text or no property is told by its key, all at once") {
    auto const form =
        with_values({}, json(R"({"values": {"dns": 5, "gatewy": "x", "hostname": null}})"));
    REQUIRE_FALSE(form);
    CHECK(form.error().size() == 3);
    CHECK(said_of(form.error(), "gatewy") == "is no property of this appliance.");
    for (auto const* body : {"{}", "[]", "7", R"({"values": []})"})
        CHECK_FALSE(with_values({}, json(body)));
}

TEST_CASE("given values: without secrets, nothing is left that is secret or unknown") {
    auto const form = without_secrets(
        with(with(least_form(), "hostname", "a.example"), "no_such_property", "canary"));
    CHECK(form.size() == 1);
    CHECK(form.at("hostname").reveal() == "a.example");
}
