// SPDX-License-Identifier: Apache-2.0
#include "configurator/api/form_view.hpp"

#include <set>

#include "configurator/state/status.hpp"
#include "tests/support/json.hpp"
#include "tests/unit/configurator/form/given_properties.hpp"

using namespace millrace;
using namespace millrace::configurator;
using millrace::test::json;
using namespace millrace::configurator::test;

TEST_CASE(
    "form view: every property once, with its values, and of a secret only that there is one") {
    auto given = with(with(least_form(), "hostname", "a.example"), "gatewy", "canary");
    given = with(given, "vcenter_password", "");
    Json const status = status_json(Faults{{"dns", "is wrong."}}, {{"gatewy", "is none."}});
    Json const view = form_view(given, status);
    std::set<std::string> keys;
    for (Json const& group : view.at("groups"))
        for (Json const& field : group.at("fields"))
            CHECK(keys.insert(string_at(field, "key")).second);
    // Those without effect are nothing to ask a person for.
    for (Property const& property : properties())
        CHECK(keys.contains(std::string(property.key)) == (property.type != PropertyType::ignored));
    CHECK(view.at("values") == json(R"({"hostname": "a.example"})"));
    CHECK(view.at("secretsSet") == json(R"(["endpoint_password", "root_password"])"));
    CHECK(view.at("faults") == json(R"([{"property": "dns", "problem": "is wrong."}])"));
    CHECK(view.at("notes").size() == 1);
    CHECK(dump_json(view).find("a root password") == std::string::npos);
    CHECK(form_view(std::nullopt, status).at("values").empty());
}

TEST_CASE("form view: who has no code sees how it stands, and no value") {
    Json const shown = public_status(json(
        R"({"state": "stuck", "faults": [{"property": "dns", "problem": "\"canary\" is none."}],
            "notes": [{"property": "canary", "problem": "x"}],
            "steps": [{"id": "time", "title": "Time", "state": "failed", "problem": "canary",
                       "attempts": 4}]})"));
    CHECK(dump_json(shown).find("canary") == std::string::npos);
    CHECK(string_at(shown.at("faults")[0], "property") == "dns");
    CHECK(string_at(shown.at("steps")[0], "state") == "failed");
}
