// SPDX-License-Identifier: Apache-2.0
#include "common/event/cesql/value.hpp"

#include <array>
#include <charconv>

#include "common/base/encoding.hpp"
#include "common/base/http_message.hpp"

namespace millrace::cesql {
namespace {

constexpr std::size_t subject_bytes_max = 100;

/// "+5" and "-5" are numbers, " 5" and "+-5" are none.
std::optional<std::int32_t> integer_of(std::string_view text) {
    if (text.starts_with('+') && !text.starts_with("+-"))
        text.remove_prefix(1);
    std::int32_t number = 0;
    auto const [rest, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    bool const is_whole = fault == std::errc{} && rest == text.data() + text.size();
    return is_whole ? std::optional(number) : std::nullopt;
}

std::optional<CastFault> cast_to_boolean(Value& value) {
    if (auto const* number = std::get_if<std::int32_t>(&value)) {
        value = *number != 0;
        return std::nullopt;
    }
    std::string_view const text = std::get<std::string_view>(value);
    bool const is_true = equals_ignoring_case(text, "true");
    if (!is_true && !equals_ignoring_case(text, "false"))
        return CastFault{.subject = text, .problem = "is neither true nor false"};
    value = is_true;
    return std::nullopt;
}

std::optional<CastFault> cast_to_integer(Value& value) {
    if (auto const* truth = std::get_if<bool>(&value)) {
        value = *truth ? 1 : 0;
        return std::nullopt;
    }
    std::string_view const text = std::get<std::string_view>(value);
    auto const number = integer_of(text);
    if (!number)
        return CastFault{.subject = text, .problem = "is no whole number of 32 bits"};
    value = *number;
    return std::nullopt;
}

std::optional<CastFault> cast_to_text(Value& value, Texts& texts) {
    if (auto const* truth = std::get_if<bool>(&value)) {
        value = std::string_view(*truth ? "true" : "false");
        return std::nullopt;
    }
    std::array<char, 11> digits{};  // -2147483648
    auto const written =
        std::to_chars(digits.data(), digits.data() + digits.size(), std::get<std::int32_t>(value));
    std::string_view const number(digits.data(), written.ptr);
    std::string* const text = texts.make(number.size());
    if (text == nullptr)
        return CastFault{
            .kind = ErrorKind::generic,
            .subject = {},
            .problem = "the expression makes more than 64 KiB of texts"};
    *text = number;
    value = std::string_view(*text);
    return std::nullopt;
}

/// At most 100 bytes of `text`, whole characters.
std::string shortened(std::string_view text) {
    if (text.size() <= subject_bytes_max)
        return std::string(text);
    return std::string(cut_at_character(text, subject_bytes_max)) + "...";
}

}  // namespace

Type type_of(Value const& value) {
    return static_cast<Type>(value.index());
}

Value zero_of(Type type) {
    switch (type) {
        case Type::boolean:
            return false;
        case Type::integer:
            return 0;
        case Type::text:
            return std::string_view{};
    }
    return false;
}

std::string to_string(EvaluationError const& error) {
    std::string words = "column " + std::to_string(error.column) + ": ";
    if (!error.subject.empty() || error.kind == ErrorKind::cast)
        words += '"' + to_valid_utf8(shortened(error.subject)) + "\" ";
    return words + error.problem;
}

std::string* Texts::make(std::size_t bytes) {
    if (bytes > bytes_max - bytes_)
        return nullptr;
    bytes_ += bytes;
    texts_.emplace_front();
    texts_.front().reserve(bytes);
    return &texts_.front();
}

std::optional<CastFault> cast(Value& value, Type type, Texts& texts) {
    if (type_of(value) == type)
        return std::nullopt;
    switch (type) {
        case Type::boolean:
            return cast_to_boolean(value);
        case Type::integer:
            return cast_to_integer(value);
        case Type::text:
            return cast_to_text(value, texts);
    }
    return std::nullopt;
}

}  // namespace millrace::cesql
