// SPDX-License-Identifier: Apache-2.0
#include "console/functions/trigger_filter.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::console;

namespace {

Json parse(std::string const& text) {
    return parse_json(text).value();
}

std::string form_of(std::string const& spec) {
    auto const filter = read_filter(parse(spec));
    return filter ? dump_json(filter_to_json(*filter)) : "not editable";
}

}  // namespace

TEST_CASE("Filter form: reads every way of saying the same") {
    std::string const one = R"({"types":["A"],"attributes":[]})";
    CHECK(form_of(R"({"filter":{"attributes":{"type":"A"}}})") == one);
    CHECK(form_of(R"({"filters":[{"exact":{"type":"A"}}]})") == one);
    CHECK(form_of(R"({"filters":[{"any":[{"exact":{"type":"A"}}]}]})") == one);
    CHECK(form_of("{}") == R"({"types":[],"attributes":[]})");
    CHECK(
        form_of(R"({"filters":[{"any":[{"exact":{"type":"A"}},{"exact":{"type":"B"}}]},)"
                R"({"prefix":{"vmname":"prod-"}}]})") ==
        R"({"types":["A","B"],"attributes":[{"attribute":"vmname","op":"prefix","value":"prod-"}]})");
}

TEST_CASE("Filter form: says so where a filter says more than it can show") {
    for (auto const* spec :
         {R"({"filters":[{"not":{"exact":{"type":"A"}}}]})", R"({"filters":[{"cesql":"true"}]})",
          R"({"filters":[{"exact":{"type":"A"}},{"cesql":"vmname LIKE 'prod-%'"}]})",
          R"({"filters":[{"any":[{"cesql":"true"}]}]})",
          R"({"filters":[{"any":[{"prefix":{"type":"A"}}]}]})",
          R"({"filters":[{"exact":{"type":"A"}},{"exact":{"type":"B"}}]})",
          R"({"filter":{"attributes":{"vmname":""}}})"}) {
        INFO(spec);
        CHECK(form_of(spec) == "not editable");
    }
}

TEST_CASE("Filter form: what it writes it reads back") {
    for (
        auto const* form :
        {R"({"types":[],"attributes":[]})", R"({"types":["A"],"attributes":[]})",
         R"({"types":["A","B"],"attributes":[{"attribute":"vmname","op":"suffix","value":"x"}]})"}) {
        FieldFaults faults;
        TriggerFilter const filter = filter_from_json(parse(form), "", faults);
        CHECK(faults.empty());
        Json spec = Json::object();
        spec["filters"] = write_filters(filter);
        CHECK(form_of(dump_json(spec)) == form);
    }
}

TEST_CASE("Filter form: every fault has a pointer") {
    FieldFaults faults;
    filter_from_json(
        parse(R"({"types":[""],"attributes":[{"attribute":"Bad","op":"like","value":""}]})"),
        "/triggers/0", faults);
    std::vector<std::string> pointers;
    for (FieldFault const& fault : faults)
        pointers.push_back(fault.pointer);
    CHECK(
        pointers == std::vector<std::string>{
                        "/triggers/0/types/0", "/triggers/0/attributes/0/attribute",
                        "/triggers/0/attributes/0/op", "/triggers/0/attributes/0/value"});
}

TEST_CASE("Trigger names: the first that is free, whosever the taken ones are") {
    std::vector<Resource> triggers;
    CHECK(free_trigger_name(triggers, "echo") == "echo");
    triggers.push_back(make_trigger({"default", "echo"}, "echo", {}));
    CHECK(free_trigger_name(triggers, "echo") == "echo-2");
    triggers.push_back(make_trigger({"default", "echo-2"}, "echo", {}));
    CHECK(free_trigger_name(triggers, "echo-2") == "echo-2-2");
}
