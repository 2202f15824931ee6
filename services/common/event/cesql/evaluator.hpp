// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "common/event/cesql/expression.hpp"
#include "common/event/cesql/value.hpp"

namespace millrace::cesql {

/// The attributes of an event.
class Attributes {
public:
    /// Of the attribute with that name (in lower case); nothing where the event has none. A text
    /// must outlive what evaluate() returns.
    virtual std::optional<Value> find(std::string_view name) const = 0;

protected:
    ~Attributes() = default;
};

/// Views in it refer to the expression, the attributes and `texts`.
struct Evaluation {
    Value value;                           ///< with an error, too: section 3.3
    std::optional<EvaluationError> error;  ///< the first one
    Texts texts;
};

/// The value of an expression: CESQL spec v1.0, section 3. Fails fast (section 4.1): after the
/// first error nothing more is evaluated, and every operation and function around the one that
/// failed gives the zero value of its type. id, source, specversion and type exist always.
/// + - * and a minus that leave 32 bits are a math error and give 0, which the specification leaves
/// open. Pure; allocates only for texts that it makes and calls with more than 4 arguments.
Evaluation evaluate(Expression const& expression, Attributes const& attributes);

}  // namespace millrace::cesql
