// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/clock.hpp"
#include "common/base/result.hpp"

namespace millrace {

/// One command-line option; the one place where its name, default, bounds and meaning stand.
struct Flag {
    enum class Kind { text, integer, duration_ms, boolean };

    std::string_view name;  ///< without "--"
    Kind kind = Kind::text;
    std::string_view fallback;      ///< the default, as typed
    std::string_view help;          ///< one sentence
    std::int64_t low = 0;           ///< least value of integer and duration_ms
    std::int64_t high = INT64_MAX;  ///< greatest value
    bool required = false;
    std::string_view choices;  ///< "text|json": the only texts allowed
};

/// The values of one command line.
class FlagValues {
public:
    std::string const& text(std::string_view name) const;
    std::int64_t integer(std::string_view name) const;
    milliseconds duration(std::string_view name) const { return milliseconds(integer(name)); }
    bool boolean(std::string_view name) const;
    /// "a,b" as a list, without empty parts.
    std::vector<std::string> list(std::string_view name) const;
    /// Whether the user gave it, so that a default can be told from a wish.
    bool given(std::string_view name) const;
    /// What was no flag, in order.
    std::vector<std::string> arguments;

private:
    friend struct ParsedFlags parse_flags_leniently(
        std::vector<Flag> const&, std::vector<std::string> const&);
    friend class FlagParser;
    struct Value {
        std::string text;
        std::int64_t number = 0;
        bool given = false;
    };
    using Values = std::map<std::string, Value, std::less<>>;
    Value const& find(std::string_view name) const;
    Values values_;
};

/// Reads "--name value", "--name=value", "--switch" and "--no-switch"; everything after "--" is an
/// argument. Durations: a number of ms or with a unit "250ms", "5s", "2m", "1h". Faults: every
/// unknown flag (with the nearest known one), missing or bad value, missing required flag.
Checked<FlagValues> parse_flags(
    std::vector<Flag> const& flags, std::vector<std::string> const& command_line);

/// What could be read of a command line, and all that was wrong with it.
struct ParsedFlags {
    FlagValues values;  ///< a flag with a fault has no value of use
    Faults faults;
};
/// As parse_flags, for who has more to check and wants to tell everything at once.
ParsedFlags parse_flags_leniently(
    std::vector<Flag> const& flags, std::vector<std::string> const& command_line);

/// What is wrong with a word where there are only flags, and which those are.
Fault unexpected_word(std::vector<Flag> const& flags, std::string_view word);

/// The text of --help: `usage` line, then a row a flag. Defaults of durations have their unit.
std::string describe_flags(std::string_view usage, std::vector<Flag> const& flags);

/// "250ms", "5s", "2m", "1h" or a number of ms.
Result<milliseconds> parse_duration(std::string_view text);
/// In the greatest unit that needs no fraction: "250ms", "5s", "2m", "1h"; none at all is "0s".
std::string format_duration(milliseconds duration);

}  // namespace millrace
