// SPDX-License-Identifier: Apache-2.0
// Bodies of the console's API: what is accepted can be stored and is shown as it was given.
#include "common/event/filter.hpp"
#include "console/functions/function_edit.hpp"
#include "console/functions/trigger_filter.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace millrace::fuzz {
namespace {

using namespace millrace::console;

void take_filter(Json const& body) {
    FieldFaults faults;
    TriggerFilter const filter = filter_from_json(body, "", faults);
    if (!faults.empty())
        return;
    Resource const trigger = make_trigger({"default", "t"}, "f", filter);
    FUZZ_HOLDS(Filter::parse(trigger.spec(), "spec").has_value());
    auto const shown = read_filter(trigger.spec());
    FUZZ_HOLDS(shown.has_value());
    FUZZ_HOLDS(dump_json(filter_to_json(*shown)) == dump_json(filter_to_json(filter)));
}

void take_env(Json const& body) {
    FieldFaults faults;
    auto const values = env_from_json(body, faults);
    if (!faults.empty())
        return;
    Resource service;
    set_env(service, values);
    FUZZ_HOLDS(env_of(service).size() == values.size());
}

void take_files(Json const& body) {
    FieldFaults faults;
    FileMap const files = files_from_json(body, "python", faults);
    if (!faults.empty())
        return;
    FUZZ_HOLDS(files.contains("handler.py"));
    for (auto const& [name, content] : files)
        FUZZ_HOLDS(name.find('/') == std::string::npos && name != "..");
}

}  // namespace

void take(std::string_view bytes) {
    auto const body = parse_json(bytes);
    if (!body)
        return;
    take_filter(*body);
    take_env(*body);
    take_files(*body);
    FieldFaults faults;
    map_from_json(find_json(*body, "set"), "/set", faults);
}

}  // namespace millrace::fuzz
