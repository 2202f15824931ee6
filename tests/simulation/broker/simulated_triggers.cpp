// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/broker/simulated_triggers.hpp"

namespace millrace::test {
namespace {

bool any_type(std::string_view /*type*/) {
    return true;
}
bool type_a(std::string_view type) {
    return type == "a";
}
bool begins_with_b(std::string_view type) {
    return type.starts_with('b');
}
bool no_type(std::string_view /*type*/) {
    return false;
}
constexpr char const* filter_all = "{}";
constexpr char const* filter_a = R"({"filter": {"attributes": {"type": "a"}}})";
constexpr char const* filter_b = R"({"filters": [{"prefix": {"type": "b"}}]})";
constexpr char const* filter_none = R"({"filter": {"attributes": {"type": "none"}}})";

}  // namespace

std::vector<SimulatedTrigger> first_triggers() {
    return {
        {.name = "all", .filter = filter_all, .matches = any_type},
        {.name = "a", .filter = filter_a, .matches = type_a},
        {.name = "b", .filter = filter_b, .matches = begins_with_b},
        {.name = "none", .filter = filter_none, .matches = no_type},
        {.name = "other", .filter = filter_all, .matches = any_type, .retries = 3}};
}

broker::TriggerRouteRef route_of(SimulatedTrigger const& trigger) {
    auto route = std::make_shared<broker::TriggerRoute>();
    route->trigger = "default/" + trigger.name;
    route->uid = trigger.uid();
    route->broker = "default/default";
    route->broker_ready = true;
    route->filter = *Filter::parse(*parse_json(trigger.filter), "here");
    route->filter_text = trigger.filter;
    route->retry.retries = trigger.retries;
    route->subscriber_url = "http://" + trigger.uid() + "/" + std::to_string(trigger.address);
    return route;
}

void edit_filter(SimulatedTrigger& trigger) {
    bool const is_all = trigger.filter == filter_all;
    trigger.filter = is_all ? filter_a : filter_all;
    trigger.matches = is_all ? type_a : any_type;
}

}  // namespace millrace::test
