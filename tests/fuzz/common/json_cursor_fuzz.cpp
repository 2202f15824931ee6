// SPDX-License-Identifier: Apache-2.0
// JSON text walked over without building it: what the cursor passes, the parser takes, and back.
#include "common/base/json_cursor.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace millrace::fuzz {
namespace {

/// Numbers beyond a double's range are JSON, but the parser refuses them.
bool may_differ(std::string_view bytes) {
    return bytes.find_first_of("eE") != std::string_view::npos || bytes.size() > 300;
}

}  // namespace

void take(std::string_view bytes) {
    JsonCursor at(bytes);
    std::string_view const value = at.value();
    bool const taken = at.finish().has_value();
    auto const parsed = parse_json(bytes);
    FUZZ_HOLDS(taken == parsed.has_value() || (taken && may_differ(bytes)));
    if (!taken)
        return;
    if (value.starts_with('"'))
        FUZZ_HOLDS(json_text(value) == string_at(*parsed, ""));
    JsonCursor members(bytes);
    if (!members.enter_object())
        return;
    for (std::string_view name; members.next_member(name);) {
        bool const known = !parsed || parsed->contains(std::string(name));
        FUZZ_HOLDS(known);
        FUZZ_HOLDS(!members.value().empty());
    }
    FUZZ_HOLDS(members.finish().has_value());
}

}  // namespace millrace::fuzz
