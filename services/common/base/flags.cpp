// SPDX-License-Identifier: Apache-2.0
#include "common/base/flags.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ranges>

#include "common/base/assert.hpp"
#include "common/base/nearest_word.hpp"

namespace millrace {
namespace {

std::optional<std::int64_t> to_integer(std::string_view text) {
    std::int64_t value = 0;
    auto const [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || stop != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::vector<std::string_view> names_of(std::vector<Flag> const& flags) {
    std::vector<std::string_view> names;
    for (Flag const& flag : flags)
        names.push_back(flag.name);
    return names;
}

std::string suggestion(std::vector<Flag> const& flags, std::string_view name) {
    auto const nearest = nearest_word(names_of(flags), name);
    if (nearest.empty())
        return " Try --help for the list.";
    return " Did you mean --" + std::string(nearest) + "?";
}

bool is_choice(std::string_view choices, std::string_view text) {
    while (!choices.empty()) {
        std::string_view const one = choices.substr(0, choices.find('|'));
        if (one == text)
            return true;
        choices.remove_prefix(std::min(choices.size(), one.size() + 1));
    }
    return false;
}

/// A number as the user writes it for this flag.
std::string written(Flag const& flag, std::int64_t number) {
    return flag.kind == Flag::Kind::duration_ms ? format_duration(milliseconds(number))
                                                : std::to_string(number);
}

std::string bounds_of(Flag const& flag) {
    if (flag.high == INT64_MAX)
        return " must be at least " + written(flag, flag.low) + ".";
    return " is outside " + written(flag, flag.low) + " to " + written(flag, flag.high) + ".";
}

std::string shown_fallback(Flag const& flag) {
    if (flag.kind == Flag::Kind::duration_ms)
        if (auto const duration = parse_duration(flag.fallback))
            return format_duration(*duration);
    return std::string(flag.fallback);
}

/// The number behind `text` for this flag, or what is wrong with it.
Result<std::int64_t> read_value(Flag const& flag, std::string_view text) {
    std::string const shown = "\"" + std::string(text) + "\"";
    if (flag.kind == Flag::Kind::text) {
        if (!flag.choices.empty() && !is_choice(flag.choices, text))
            return failure(
                ErrorCode::invalid, shown + " is not one of " + std::string(flag.choices) + ".");
        return 0;
    }
    if (flag.kind == Flag::Kind::boolean) {
        if (text == "true" || text == "false")
            return text == "true" ? 1 : 0;
        return failure(ErrorCode::invalid, shown + " must be true or false.");
    }
    auto number = to_integer(text);
    if (flag.kind == Flag::Kind::duration_ms) {
        auto const duration = parse_duration(text);
        if (!duration)
            return std::unexpected(duration.error());
        number = duration->count();
    }
    if (!number)
        return failure(ErrorCode::invalid, shown + " is not a whole number.");
    if (*number < flag.low || *number > flag.high)
        return failure(ErrorCode::invalid, shown + bounds_of(flag));
    return *number;
}

}  // namespace

Result<milliseconds> parse_duration(std::string_view text) {
    std::int64_t value = 0;
    auto const [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    std::string_view const unit(stop, static_cast<std::size_t>(text.data() + text.size() - stop));
    std::int64_t const scale = unit.empty() || unit == "ms" ? 1
                               : unit == "s"                ? 1000
                               : unit == "m"                ? 60'000
                               : unit == "h"                ? 3'600'000
                                                            : 0;
    bool const valid =
        error == std::errc() && scale != 0 && value >= 0 && value <= INT64_MAX / scale;
    if (!valid)
        return failure(
            ErrorCode::invalid,
            "\"" + std::string(text) + "\" is not a duration such as 250ms, 5s, 2m or 1h.");
    return milliseconds(value * scale);
}

std::string format_duration(milliseconds duration) {
    constexpr std::array<std::pair<std::int64_t, std::string_view>, 3> units = {
        {{3'600'000, "h"}, {60'000, "m"}, {1000, "s"}}};
    auto const count = duration.count();
    for (auto const& [scale, unit] : units)
        if (count != 0 && count % scale == 0)
            return std::to_string(count / scale).append(unit);
    return count == 0 ? "0s" : std::to_string(count) + "ms";
}

/// Reads one command line against the flags.
class FlagParser {
public:
    explicit FlagParser(std::vector<Flag> const& flags) : flags_(flags) {
        for (Flag const& flag : flags_)
            set_fallback(flag);
    }

    void read(std::vector<std::string> const& command_line) {
        for (std::size_t i = 0; i < command_line.size(); ++i) {
            std::string_view const word = command_line[i];
            if (word == "--") {
                arguments.insert(
                    arguments.end(), command_line.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                    command_line.end());
                return;
            }
            bool const has_next = i + 1 < command_line.size();
            if (!word.starts_with("--"))
                arguments.emplace_back(word);
            else if (read_flag(word.substr(2), has_next ? &command_line[i + 1] : nullptr))
                ++i;
        }
    }

    void require() {
        for (Flag const& flag : flags_)
            if (flag.required && !values[std::string(flag.name)].given)
                faults.push_back(
                    {"--" + std::string(flag.name), "is required: " + std::string(flag.help)});
    }

    FlagValues::Values values;
    std::vector<std::string> arguments;
    Faults faults;

private:
    void set_fallback(Flag const& flag) {
        bool const is_number =
            flag.kind == Flag::Kind::integer || flag.kind == Flag::Kind::duration_ms;
        if (flag.kind == Flag::Kind::text || (is_number && flag.fallback.empty()))
            values[std::string(flag.name)] = {std::string(flag.fallback), 0, false};
        else
            assign(flag, flag.fallback.empty() ? "false" : flag.fallback, false);
    }

    void assign(Flag const& flag, std::string_view text, bool given) {
        auto const number = read_value(flag, text);
        if (!number)
            faults.push_back({"--" + std::string(flag.name), number.error().detail});
        values[std::string(flag.name)] = {std::string(text), number.value_or(0), given};
    }

    Flag const* find(std::string_view name) const {
        auto const found = std::ranges::find(flags_, name, &Flag::name);
        return found == flags_.end() ? nullptr : &*found;
    }

    /// True if `next` was its value.
    bool read_flag(std::string_view word, std::string const* next) {
        auto const equals = word.find('=');
        std::string_view const name = word.substr(0, equals);
        Flag const* const flag = find(name);
        Flag const* const negated = name.starts_with("no-") ? find(name.substr(3)) : nullptr;
        bool const is_negation =
            flag == nullptr && negated != nullptr && negated->kind == Flag::Kind::boolean;
        if (is_negation && equals != std::string_view::npos)
            faults.push_back({"--" + std::string(name), "takes no value."});
        else if (is_negation)
            assign(*negated, "false", true);
        else if (flag == nullptr)
            faults.push_back(
                {"--" + std::string(name), "There is no such flag." + suggestion(flags_, name)});
        else if (equals != std::string_view::npos)
            assign(*flag, word.substr(equals + 1), true);
        else if (flag->kind == Flag::Kind::boolean)
            assign(*flag, "true", true);
        else if (next == nullptr)
            faults.push_back({"--" + std::string(name), "needs a value."});
        else
            assign(*flag, *next, true);
        bool const took_next = flag != nullptr && equals == std::string_view::npos &&
                               flag->kind != Flag::Kind::boolean && next != nullptr;
        return took_next;
    }

    std::vector<Flag> const& flags_;
};

ParsedFlags parse_flags_leniently(
    std::vector<Flag> const& flags, std::vector<std::string> const& command_line) {
    FlagParser parser(flags);
    parser.read(command_line);
    parser.require();
    ParsedFlags parsed;
    parsed.values.values_ = std::move(parser.values);
    parsed.values.arguments = std::move(parser.arguments);
    parsed.faults = std::move(parser.faults);
    return parsed;
}

Checked<FlagValues> parse_flags(
    std::vector<Flag> const& flags, std::vector<std::string> const& command_line) {
    ParsedFlags parsed = parse_flags_leniently(flags, command_line);
    if (!parsed.faults.empty())
        return std::unexpected(std::move(parsed.faults));
    return std::move(parsed.values);
}

Fault unexpected_word(std::vector<Flag> const& flags, std::string_view word) {
    std::string problem = "There is no such argument.";
    if (auto const nearest = nearest_word(names_of(flags), word); !nearest.empty())
        problem += " Did you mean --" + std::string(nearest) + "?";
    problem += " There are only flags:";
    for (Flag const& flag : flags)
        problem += " --" + std::string(flag.name);
    return {std::string(word), problem + "."};
}

std::string describe_flags(std::string_view usage, std::vector<Flag> const& flags) {
    std::string text = "Usage: " + std::string(usage) + "\n\n";
    for (Flag const& flag : flags) {
        std::string row = "  --" + std::string(flag.name);
        if (flag.kind == Flag::Kind::integer)
            row += " N";
        if (flag.kind == Flag::Kind::duration_ms)
            row += " TIME";
        if (flag.kind == Flag::Kind::text)
            row += " " + (flag.choices.empty() ? std::string("TEXT") : std::string(flag.choices));
        row.resize(std::max<std::size_t>(row.size() + 2, 30), ' ');
        row += flag.help;
        if (flag.required)
            row += " Required.";
        else if (!flag.fallback.empty())
            row += " Default: " + shown_fallback(flag) + ".";
        text += row + "\n";
    }
    return text;
}

FlagValues::Value const& FlagValues::find(std::string_view name) const {
    auto const found = values_.find(name);
    MILLRACE_ASSERT(found != values_.end());
    return found->second;
}

std::string const& FlagValues::text(std::string_view name) const {
    return find(name).text;
}
std::int64_t FlagValues::integer(std::string_view name) const {
    return find(name).number;
}
std::vector<std::string> FlagValues::list(std::string_view name) const {
    std::vector<std::string> parts;
    for (auto const part : std::views::split(text(name), ','))
        if (!part.empty())
            parts.emplace_back(std::string_view(part));
    return parts;
}

bool FlagValues::boolean(std::string_view name) const {
    return find(name).number != 0;
}
bool FlagValues::given(std::string_view name) const {
    return find(name).given;
}

}  // namespace millrace
