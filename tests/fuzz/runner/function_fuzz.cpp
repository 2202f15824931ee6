// SPDX-License-Identifier: Apache-2.0
// function.yaml: any Service of the store as the runner reads it.
#include "common/base/yaml.hpp"
#include "runner/function/function_definition.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace millrace::fuzz {

void take(std::string_view bytes) {
    auto documents = parse_yaml(bytes, "function.yaml");
    if (!documents)
        return;
    for (YamlDocument& document : *documents) {
        auto const definition = runner::parse_function(Resource{std::move(document.value)});
        if (!definition) {
            FUZZ_HOLDS(!definition.error().empty());
            continue;
        }
        FUZZ_HOLDS(!definition->runtime.empty() && !definition->code.empty());
        FUZZ_HOLDS(definition->timeout > 0ms && definition->instances_max >= 1);
        FUZZ_HOLDS(definition->instances_min <= definition->instances_max);
    }
}

}  // namespace millrace::fuzz
