// SPDX-License-Identifier: Apache-2.0
// A CESQL expression, evaluated for an event with all types of attributes and for one with none.
#include "common/base/encoding.hpp"
#include "common/event/cesql/evaluator.hpp"
#include "common/event/cesql/parser.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace millrace::fuzz {
namespace {

class SomeAttributes final : public cesql::Attributes {
public:
    std::optional<cesql::Value> find(std::string_view name) const override {
        if (name == "id")
            return std::string_view("42");
        if (name == "vmname")
            return std::string_view("prod-\xc3\xa4-01");
        if (name == "n")
            return -3;
        if (name == "b")
            return true;
        return std::nullopt;
    }
};

class NoAttributes final : public cesql::Attributes {
public:
    std::optional<cesql::Value> find(std::string_view) const override { return std::nullopt; }
};

/// The type of what the root gives, as far as it is known without an event.
std::optional<cesql::Type> type_of_root(cesql::Expression const& expression) {
    switch (expression.nodes[expression.root].kind) {
        case cesql::Expression::Kind::logic:
        case cesql::Expression::Kind::invert:
        case cesql::Expression::Kind::exists:
            return cesql::Type::boolean;
        case cesql::Expression::Kind::negate:
            return cesql::Type::integer;
        default:
            return std::nullopt;
    }
}

void check_result(cesql::Expression const& expression, cesql::Attributes const& attributes) {
    cesql::Evaluation result = cesql::evaluate(expression, attributes);
    auto const type = type_of_root(expression);
    FUZZ_HOLDS(!type || cesql::type_of(result.value) == *type);
    cesql::Evaluation const again = cesql::evaluate(expression, attributes);
    FUZZ_HOLDS(result.value == again.value);
    FUZZ_HOLDS(result.error.has_value() == again.error.has_value());
    if (result.error) {
        FUZZ_HOLDS(result.error->column >= 1);
        std::string const words = to_string(*result.error);
        FUZZ_HOLDS(!words.empty() && words == to_valid_utf8(words));
    }
    cast(result.value, cesql::Type::text, result.texts);
}

}  // namespace

void take(std::string_view bytes) {
    auto const expression = cesql::parse(bytes);
    if (!expression)
        return FUZZ_HOLDS(expression.error().size() == 1);
    FUZZ_HOLDS(bytes.size() <= cesql::expression_bytes_max);
    cesql::call_faults(*expression);
    check_result(*expression, SomeAttributes());
    check_result(*expression, NoAttributes());
}

}  // namespace millrace::fuzz
