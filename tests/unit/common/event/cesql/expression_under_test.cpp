// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/common/event/cesql/expression_under_test.hpp"

#include "tests/support/catch.hpp"

namespace millrace::cesql {
namespace {

std::string written(Value const& value) {
    if (auto const* truth = std::get_if<bool>(&value))
        return *truth ? "true" : "false";
    if (auto const* number = std::get_if<std::int32_t>(&value))
        return std::to_string(*number);
    return "'" + std::string(std::get<std::string_view>(value)) + "'";
}

Expression parsed(std::string_view text) {
    auto expression = parse(text);
    INFO(text.substr(0, 200) << ": " << (expression ? "" : to_string(expression.error())));
    REQUIRE(expression);
    return std::move(*expression);
}

}  // namespace

std::string fault_of(std::string_view text) {
    auto const expression = parse(text);
    return expression ? "none" : to_string(expression.error());
}

std::string result_of(std::string_view text, Attributes const& attributes) {
    Expression const expression = parsed(text);
    Evaluation const result = evaluate(expression, attributes);
    return written(result.value) + (result.error ? " (" + to_string(*result.error) + ")" : "");
}

std::optional<ErrorKind> error_of(std::string_view text, Attributes const& attributes) {
    Expression const expression = parsed(text);
    auto const error = evaluate(expression, attributes).error;
    return error ? std::optional(error->kind) : std::nullopt;
}

}  // namespace millrace::cesql
