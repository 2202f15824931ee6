// SPDX-License-Identifier: Apache-2.0
#include "common/event/cesql/functions.hpp"

#include <algorithm>
#include <vector>

#include "common/base/encoding.hpp"
#include "common/base/nearest_word.hpp"
#include "common/event/cesql/letter_case.hpp"

namespace millrace::cesql {
namespace {

using Arguments = Function::Arguments;
using Fault = std::optional<FunctionFault>;

std::string_view text_at(Arguments arguments, std::size_t index) {
    return std::get<std::string_view>(arguments[index]);
}

std::int64_t integer_at(Arguments arguments, std::size_t index) {
    return std::get<std::int32_t>(arguments[index]);
}

std::int64_t length_of(std::string_view text) {
    std::int64_t count = 0;
    for (; !text.empty(); text.remove_prefix(character_length(text)))
        ++count;
    return count;
}

/// `text` without its first `count` characters.
std::string_view without_first(std::string_view text, std::int64_t count) {
    for (; count > 0 && !text.empty(); --count)
        text.remove_prefix(character_length(text));
    return text;
}

std::string_view first_of(std::string_view text, std::int64_t count) {
    return text.substr(0, text.size() - without_first(text, count).size());
}

Value too_much_text(Fault& fault) {
    fault = {ErrorKind::generic, "the expression makes more than 64 KiB of texts"};
    return std::string_view{};
}

Value length(Arguments arguments, Texts&, Fault&) {
    return static_cast<std::int32_t>(length_of(text_at(arguments, 0)));
}

Value joined(Arguments parts, std::string_view delimiter, Texts& texts, Fault& fault) {
    std::size_t bytes = parts.empty() ? 0 : delimiter.size() * (parts.size() - 1);
    for (std::size_t i = 0; i < parts.size(); ++i)
        bytes += text_at(parts, i).size();
    std::string* const text = texts.make(bytes);
    if (text == nullptr)
        return too_much_text(fault);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0)
            *text += delimiter;
        *text += text_at(parts, i);
    }
    return std::string_view(*text);
}

Value concat(Arguments arguments, Texts& texts, Fault& fault) {
    return joined(arguments, "", texts, fault);
}

Value concat_ws(Arguments arguments, Texts& texts, Fault& fault) {
    return joined(arguments.subspan(1), text_at(arguments, 0), texts, fault);
}

template <auto Append>
Value in_case(Arguments arguments, Texts& texts, Fault& fault) {
    std::string_view const from = text_at(arguments, 0);
    std::string* const text = texts.make(from.size());
    if (text == nullptr)
        return too_much_text(fault);
    Append(*text, from);
    return std::string_view(*text);
}

/// Unicode's White_Space.
std::size_t space_at_front(std::string_view text) {
    constexpr std::array<std::string_view, 25> spaces = {
        "\t",           "\n",           "\v",
        "\f",           "\r",           " ",
        "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80",
        "\xe2\x80\x80", "\xe2\x80\x81", "\xe2\x80\x82",
        "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85",
        "\xe2\x80\x86", "\xe2\x80\x87", "\xe2\x80\x88",
        "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8",
        "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f",
        "\xe3\x80\x80"};
    for (std::string_view const space : spaces)
        if (text.starts_with(space))
            return space.size();
    return 0;
}

Value trim(Arguments arguments, Texts&, Fault&) {
    std::string_view text = text_at(arguments, 0);
    while (std::size_t const bytes = space_at_front(text))
        text.remove_prefix(bytes);
    std::size_t end = 0;
    for (std::size_t at = 0; at < text.size();) {
        std::string_view const rest = text.substr(at);
        bool const is_space = space_at_front(rest) > 0;
        at += character_length(rest);
        end = is_space ? end : at;
    }
    return text.substr(0, end);
}

Value left(Arguments arguments, Texts&, Fault& fault) {
    std::string_view const text = text_at(arguments, 0);
    std::int64_t const count = integer_at(arguments, 1);
    if (count >= 0)
        return first_of(text, count);
    fault = {.problem = "a number of characters must not be negative"};
    return text;
}

Value right(Arguments arguments, Texts&, Fault& fault) {
    std::string_view const text = text_at(arguments, 0);
    std::int64_t const count = integer_at(arguments, 1);
    if (count >= 0)
        return without_first(text, length_of(text) - count);
    fault = {.problem = "a number of characters must not be negative"};
    return text;
}

Value substring(Arguments arguments, Texts&, Fault& fault) {
    std::string_view const text = text_at(arguments, 0);
    std::int64_t const place = integer_at(arguments, 1);
    std::int64_t const count = arguments.size() > 2 ? integer_at(arguments, 2) : INT32_MAX;
    if (count < 0) {
        fault = {.problem = "a number of characters must not be negative"};
        return std::string_view{};
    }
    if (place == 0)
        return std::string_view{};
    std::int64_t const all = length_of(text);
    if (place > all || place < -all) {
        fault = {.problem = "a place must be within the text"};
        return std::string_view{};
    }
    return first_of(without_first(text, place > 0 ? place - 1 : all + place), count);
}

Value absolute(Arguments arguments, Texts&, Fault& fault) {
    std::int64_t const number = integer_at(arguments, 0);
    if (number != INT32_MIN)
        return static_cast<std::int32_t>(number < 0 ? -number : number);
    fault = {ErrorKind::math, "the result is beyond 32 bits"};
    return INT32_MAX;
}

/// INT, BOOL, STRING: the argument was cast to the type that they take.
Value same(Arguments arguments, Texts&, Fault&) {
    return arguments[0];
}

template <Type Wanted>
Value is_castable(Arguments arguments, Texts& texts, Fault&) {
    Value copy = arguments[0];
    return !cast(copy, Wanted, texts);
}

constexpr auto boolean = Type::boolean;
constexpr auto integer = Type::integer;
constexpr auto string = Type::text;

constexpr std::array<Function, 16> functions = {{
    {"INT", integer, 1, false, {integer}, same},
    {"BOOL", boolean, 1, false, {boolean}, same},
    {"STRING", string, 1, false, {string}, same},
    {"IS_INT", boolean, 1, false, {}, is_castable<integer>},
    {"IS_BOOL", boolean, 1, false, {}, is_castable<boolean>},
    {"ABS", integer, 1, false, {integer}, absolute},
    {"LENGTH", integer, 1, false, {string}, length},
    {"CONCAT", string, 0, true, {string, string, string}, concat},
    {"CONCAT_WS", string, 1, true, {string, string, string}, concat_ws},
    {"LOWER", string, 1, false, {string}, in_case<append_lower>},
    {"UPPER", string, 1, false, {string}, in_case<append_upper>},
    {"TRIM", string, 1, false, {string}, trim},
    {"LEFT", string, 2, false, {string, integer}, left},
    {"RIGHT", string, 2, false, {string, integer}, right},
    {"SUBSTRING", string, 2, false, {string, integer}, substring},
    {"SUBSTRING", string, 3, false, {string, integer, integer}, substring},
}};

}  // namespace

std::optional<Type> Function::type_of_argument(std::size_t index) const {
    return types[std::min(index, types.size() - 1)];
}

Function const* find_function(std::string_view name, std::size_t count) {
    auto const found = std::ranges::find_if(functions, [&](Function const& one) {
        bool const takes =
            one.is_variadic ? count >= one.arguments_min : count == one.arguments_min;
        return one.name == name && takes;
    });
    return found == functions.end() ? nullptr : &*found;
}

std::string missing_function(std::string_view name, std::size_t count) {
    std::string takes;
    std::vector<std::string_view> names;
    for (Function const& one : functions) {
        names.push_back(one.name);
        if (one.name == name)
            takes += (takes.empty() ? "" : " or ") + std::to_string(one.arguments_min) +
                     (one.is_variadic ? " or more" : "");
    }
    std::string const shown(name.substr(0, 40));
    if (!takes.empty())
        return shown + " takes " + takes + " arguments, not " + std::to_string(count) + ".";
    std::string_view const near = nearest_word(names, name);
    return "There is no function " + shown +
           (near.empty() ? std::string(".") : "; did you mean " + std::string(near) + "?");
}

}  // namespace millrace::cesql
