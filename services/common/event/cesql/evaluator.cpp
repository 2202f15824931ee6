// SPDX-License-Identifier: Apache-2.0
#include "common/event/cesql/evaluator.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "common/event/cesql/functions.hpp"
#include "common/event/cesql/like.hpp"

namespace millrace::cesql {
namespace {

using Index = Expression::Index;
using Kind = Expression::Kind;
using Node = Expression::Node;
using Operator = Expression::Operator;

bool is_required_attribute(std::string_view name) {
    return name == "id" || name == "source" || name == "specversion" || name == "type";
}

bool is_arithmetic(Operator op) {
    return op >= Operator::multiply && op <= Operator::subtract;
}

/// Nothing: beyond 32 bits, or a division by 0.
std::optional<std::int32_t> calculated(Operator op, std::int64_t left, std::int64_t right) {
    std::int64_t result = 0;
    switch (op) {
        case Operator::multiply:
            result = left * right;
            break;
        case Operator::divide:
        case Operator::remainder:
            if (right == 0)
                return std::nullopt;
            result = op == Operator::divide ? left / right : left % right;
            break;
        case Operator::add:
            result = left + right;
            break;
        default:
            result = left - right;
            break;
    }
    bool const fits = result >= INT32_MIN && result <= INT32_MAX;
    return fits ? std::optional(static_cast<std::int32_t>(result)) : std::nullopt;
}

bool is_in_order(Operator op, std::int32_t left, std::int32_t right) {
    switch (op) {
        case Operator::less:
            return left < right;
        case Operator::less_equal:
            return left <= right;
        case Operator::greater:
            return left > right;
        default:
            return left >= right;
    }
}

class Evaluator {
public:
    Evaluator(Expression const& expression, Attributes const& attributes)
        : expression_(expression),
          attributes_(attributes) {}

    Evaluation take() {
        Evaluation result;
        result.value = value_of(node(expression_.root));
        result.error = error_;
        result.texts = std::move(texts_);
        return result;
    }

private:
    Value value_of(Node const& at);
    Value attribute(Node const& at);
    Value negated(Node const& at);
    Value inverted(Node const& at);
    Value chain(Node const& at);
    Value logic(Node const& at);
    Value call(Node const& at);
    Value call(Node const& at, std::span<Value> arguments);
    Value applied(Node const& chain, Value const& left, Node const& right);
    Value calculate(Node const& chain, Value left, Node const& operand, Value right);
    Value compare(Node const& chain, Value left, Node const& operand, Value right);
    Value like(Node const& chain, Value left, Node const& pattern);
    Value in(Value const& left, Node const& set);

    Node const& node(Index index) const { return expression_.nodes[index]; }
    bool cast_operand(Value& value, Type type, Node const& operand);
    void fail(ErrorKind kind, Node const& at, std::string_view subject, char const* problem);

    Expression const& expression_;
    Attributes const& attributes_;
    Texts texts_;
    std::optional<EvaluationError> error_;
};

void Evaluator::fail(
    ErrorKind kind, Node const& at, std::string_view subject, char const* problem) {
    error_ = {.kind = kind, .column = at.column, .subject = subject, .problem = problem};
}

bool Evaluator::cast_operand(Value& value, Type type, Node const& operand) {
    auto const fault = cast(value, type, texts_);
    if (fault)
        fail(fault->kind, operand, fault->subject, fault->problem);
    return !fault;
}

Value Evaluator::value_of(Node const& at) {
    switch (at.kind) {
        case Kind::boolean:
            return at.number != 0;
        case Kind::integer:
            return at.number;
        case Kind::text:
            return expression_.text_of(at);
        case Kind::attribute:
            return attribute(at);
        case Kind::exists: {
            std::string_view const name = expression_.text_of(at);
            return is_required_attribute(name) || attributes_.find(name).has_value();
        }
        case Kind::negate:
            return negated(at);
        case Kind::invert:
            return inverted(at);
        case Kind::chain:
            return chain(at);
        case Kind::logic:
            return logic(at);
        case Kind::call:
            return call(at);
        case Kind::set:
            break;  // only behind IN
    }
    return false;
}

Value Evaluator::attribute(Node const& at) {
    std::string_view const name = expression_.text_of(at);
    if (auto const value = attributes_.find(name))
        return *value;
    fail(ErrorKind::missing_attribute, at, name, "is no attribute of the event");
    return false;
}

Value Evaluator::negated(Node const& at) {
    Node const& operand = node(at.first_child);
    Value value = value_of(operand);
    if (error_ || !cast_operand(value, Type::integer, operand))
        return 0;
    auto const result = calculated(Operator::subtract, 0, std::get<std::int32_t>(value));
    if (!result)
        fail(ErrorKind::math, at, {}, "the result is beyond 32 bits");
    return result.value_or(0);
}

Value Evaluator::inverted(Node const& at) {
    Node const& operand = node(at.first_child);
    Value value = value_of(operand);
    if (error_ || !cast_operand(value, Type::boolean, operand))
        return false;
    return !std::get<bool>(value);
}

Value Evaluator::chain(Node const& at) {
    Node const* operand = &node(at.first_child);
    Value value = value_of(*operand);
    Operator last = Operator::none;
    while (operand->next != Expression::no_node) {
        operand = &node(operand->next);
        last = operand->before;
        if (!error_)
            value = applied(at, value, *operand);
    }
    return error_ ? zero_of(is_arithmetic(last) ? Type::integer : Type::boolean) : value;
}

Value Evaluator::applied(Node const& chain, Value const& left, Node const& right) {
    switch (right.before) {
        case Operator::like:
            return like(chain, left, right);
        case Operator::not_like:
            return !std::get<bool>(like(chain, left, right));
        case Operator::in:
            return in(left, right);
        case Operator::not_in:
            return !std::get<bool>(in(left, right));
        default:
            break;
    }
    Value const value = value_of(right);
    if (error_)
        return false;
    return is_arithmetic(right.before) ? calculate(chain, left, right, value)
                                       : compare(chain, left, right, value);
}

Value Evaluator::calculate(Node const& chain, Value left, Node const& operand, Value right) {
    if (!cast_operand(left, Type::integer, chain) || !cast_operand(right, Type::integer, operand))
        return 0;
    std::int32_t const divisor = std::get<std::int32_t>(right);
    auto const result = calculated(operand.before, std::get<std::int32_t>(left), divisor);
    bool const divides =
        operand.before == Operator::divide || operand.before == Operator::remainder;
    if (!result)
        fail(
            ErrorKind::math, operand, {},
            divides && divisor == 0 ? "a division by 0" : "the result is beyond 32 bits");
    return result.value_or(0);
}

/// = and != are of the right operand's type (section 3.7), the others of integers.
Value Evaluator::compare(Node const& chain, Value left, Node const& operand, Value right) {
    bool const is_equality =
        operand.before == Operator::equal || operand.before == Operator::not_equal;
    Type const type = is_equality ? type_of(right) : Type::integer;
    if (!cast_operand(left, type, chain) || !cast_operand(right, type, operand))
        return false;
    if (is_equality)
        return (left == right) == (operand.before == Operator::equal);
    return is_in_order(operand.before, std::get<std::int32_t>(left), std::get<std::int32_t>(right));
}

Value Evaluator::like(Node const& chain, Value left, Node const& pattern) {
    if (!cast_operand(left, Type::text, chain))
        return false;
    return is_like(std::get<std::string_view>(left), expression_.text_of(pattern));
}

/// The elements are cast to the type of what is sought (section 3.7).
Value Evaluator::in(Value const& left, Node const& set) {
    for (Index index = set.first_child; index != Expression::no_node; index = node(index).next) {
        Node const& element = node(index);
        Value value = value_of(element);
        if (error_ || !cast_operand(value, type_of(left), element))
            return false;
        if (value == left)
            return true;
    }
    return false;
}

/// a AND (b OR (c XOR d)) without recursion: AND and OR either end it or leave what follows as it
/// is, and what XOR met is noted.
Value Evaluator::logic(Node const& at) {
    bool is_inverted = false;
    for (Index index = at.first_child;; index = node(index).next) {
        Node const& operand = node(index);
        Value value = value_of(operand);
        if (error_ || !cast_operand(value, Type::boolean, operand))
            return false;
        bool const truth = std::get<bool>(value);
        if (operand.next == Expression::no_node)
            return truth != is_inverted;
        Operator const behind = node(operand.next).before;
        if (behind == Operator::logic_xor)
            is_inverted = is_inverted != truth;
        else if (truth == (behind == Operator::logic_or))
            return truth != is_inverted;
    }
}

Value Evaluator::call(Node const& at) {
    if (at.function == nullptr) {
        fail(
            ErrorKind::missing_function, at, expression_.text_of(at),
            "is no function that takes so many arguments");
        return false;
    }
    std::array<Value, 4> few;
    std::size_t const count = expression_.child_count(at);
    if (count <= few.size())
        return call(at, std::span(few).first(count));
    std::vector<Value> many(count);
    return call(at, many);
}

Value Evaluator::call(Node const& at, std::span<Value> arguments) {
    Index index = at.first_child;
    for (std::size_t i = 0; i < arguments.size(); ++i, index = node(index).next) {
        arguments[i] = value_of(node(index));
        if (error_)
            return zero_of(at.function->result);
        auto const type = at.function->type_of_argument(i);
        if (type && !cast_operand(arguments[i], *type, node(index)))
            return zero_of(at.function->result);
    }
    std::optional<FunctionFault> fault;
    Value const result = at.function->body(arguments, texts_, fault);
    if (fault)
        fail(fault->kind, at, expression_.text_of(at), fault->problem);
    return result;
}

}  // namespace

Evaluation evaluate(Expression const& expression, Attributes const& attributes) {
    return Evaluator(expression, attributes).take();
}

}  // namespace millrace::cesql
