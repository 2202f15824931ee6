// SPDX-License-Identifier: Apache-2.0
// YAML text: what is read can be written, and is then read as the same.
#include "common/base/yaml.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace millrace::fuzz {

void take(std::string_view bytes) {
    auto const documents = parse_yaml(bytes, "input.yaml");
    if (!documents)
        return FUZZ_HOLDS(!documents.error().empty());
    for (YamlDocument const& document : *documents) {
        auto const again = parse_yaml(dump_yaml(document.value), "again.yaml");
        FUZZ_HOLDS(again.has_value());
        Json const read = again->empty() ? Json() : again->front().value;
        FUZZ_HOLDS(dump_json(read) == dump_json(document.value));
    }
}

}  // namespace millrace::fuzz
