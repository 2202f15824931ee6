// SPDX-License-Identifier: Apache-2.0
#include "common/event/cesql/like.hpp"

#include <algorithm>

#include "common/base/encoding.hpp"

namespace millrace::cesql {
namespace {

/// What a pattern begins with, but %.
struct Step {
    std::size_t pattern_bytes = 0;
    std::size_t text_bytes = 0;  ///< 0: the text does not go on so
};

Step step_of(std::string_view text, std::string_view pattern) {
    if (pattern.front() == '_')
        return {1, text.empty() ? 0 : character_length(text)};
    bool const is_escaped =
        pattern.size() > 1 && pattern[0] == '\\' && (pattern[1] == '%' || pattern[1] == '_');
    char const wanted = is_escaped ? pattern[1] : pattern[0];
    bool const goes_on = !text.empty() && text.front() == wanted;
    return {is_escaped ? std::size_t{2} : std::size_t{1}, goes_on ? std::size_t{1} : 0};
}

}  // namespace

bool is_like(std::string_view text, std::string_view pattern) {
    // Where to go on after the last %: everything before it is settled by the shortest match.
    std::string_view retry_text;
    std::string_view retry_pattern;
    bool can_retry = false;
    while (!text.empty() || !pattern.empty()) {
        if (pattern.starts_with('%')) {
            pattern.remove_prefix(1);
            if (pattern.empty())
                return true;
            retry_text = text;
            retry_pattern = pattern;
            can_retry = true;
            continue;
        }
        Step const step = pattern.empty() ? Step{} : step_of(text, pattern);
        if (step.text_bytes > 0) {
            text.remove_prefix(step.text_bytes);
            pattern.remove_prefix(step.pattern_bytes);
            continue;
        }
        if (!can_retry || retry_text.empty())
            return false;
        retry_text.remove_prefix(character_length(retry_text));
        text = retry_text;
        pattern = retry_pattern;
    }
    return true;
}

}  // namespace millrace::cesql
