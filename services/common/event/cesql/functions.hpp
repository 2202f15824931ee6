// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>

#include "common/event/cesql/value.hpp"

namespace millrace::cesql {

/// What a function that fails says beside its value.
struct FunctionFault {
    ErrorKind kind = ErrorKind::function_evaluation;
    char const* problem = "";
};

/// A built-in function: CESQL spec v1.0, sections 3.5.1 and 3.5.2, and the casts of the TCK (INT,
/// BOOL, STRING, IS_INT, IS_BOOL). Characters are those of UTF-8, places count from 1.
struct Function {
    using Arguments = std::span<Value const>;
    using Body = Value (*)(Arguments, Texts&, std::optional<FunctionFault>&);

    std::string_view name;
    Type result = Type::text;
    std::size_t arguments_min = 0;
    bool is_variadic = false;  ///< more arguments of the last one's type
    /// Of each argument, the last one's for all that follow; nothing: any.
    std::array<std::optional<Type>, 3> types;
    /// Pre: as many arguments as it takes, each cast to its type.
    Body body = nullptr;

    std::optional<Type> type_of_argument(std::size_t index) const;
};

/// The function of that name (in upper case) that takes `count` arguments, or nullptr.
Function const* find_function(std::string_view name, std::size_t count);
/// Why there is none: no such name (and which was meant), or another number of arguments.
std::string missing_function(std::string_view name, std::size_t count);

}  // namespace millrace::cesql
