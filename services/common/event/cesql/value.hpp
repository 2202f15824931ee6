// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <forward_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace millrace::cesql {

/// CESQL spec v1.0, section 3.1. A text is a view: of the expression, of an attribute, or of Texts.
using Value = std::variant<bool, std::int32_t, std::string_view>;
enum class Type { boolean, integer, text };

Type type_of(Value const& value);
/// false, 0 or "": what an operation that fails gives.
Value zero_of(Type type);

/// Section 3.3.
enum class ErrorKind {
    parse,
    math,
    cast,
    missing_attribute,
    missing_function,
    function_evaluation,
    generic,
};

/// What went wrong first.
struct EvaluationError {
    ErrorKind kind = ErrorKind::generic;
    std::uint32_t column = 0;  ///< 1-based, in characters: where the operand begins
    std::string_view subject;  ///< the attribute, function or text; empty: none
    char const* problem = "";  ///< about the subject, in words
};

/// One sentence without its stop, e.g. `column 5: "vmname" is no attribute of the event`.
std::string to_string(EvaluationError const& error);

/// The texts that an evaluation makes, 64 KiB of them at most: a small expression could ask for
/// gigabytes. Views of them stay valid when it is moved.
class Texts {
public:
    static constexpr std::size_t bytes_max = 64 << 10;

    /// Room for a text of `bytes`; nullptr when that is too much.
    std::string* make(std::size_t bytes);

private:
    std::forward_list<std::string> texts_;
    std::size_t bytes_ = 0;
};

/// Why a value is not to be had as another type.
struct CastFault {
    ErrorKind kind = ErrorKind::cast;
    std::string_view subject;
    char const* problem = "";
};

/// Section 3.7: makes `value` one of `type`. An integer as text costs room in `texts`; whatever
/// fails leaves the value as it was and says why.
std::optional<CastFault> cast(Value& value, Type type, Texts& texts);

}  // namespace millrace::cesql
