// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "common/event/cesql/evaluator.hpp"
#include "common/event/cesql/parser.hpp"

namespace millrace::cesql {

/// Attributes as a test writes them down.
class GivenAttributes final : public Attributes {
public:
    GivenAttributes() = default;
    GivenAttributes(std::initializer_list<std::pair<std::string const, Value>> values)
        : values_(values) {}

    std::optional<Value> find(std::string_view name) const override {
        ++asked_;
        auto const found = values_.find(name);
        return found == values_.end() ? std::nullopt : std::optional(found->second);
    }
    int asked() const { return asked_; }

private:
    std::map<std::string, Value, std::less<>> values_;
    mutable int asked_ = 0;
};

/// The fault of an expression that cannot be parsed, "column 3: what is wrong"; else "none".
std::string fault_of(std::string_view text);

/// The value as CESQL writes it, then ` (column 3: what is wrong)`. Pre: it can be parsed.
std::string result_of(std::string_view text, Attributes const& attributes = GivenAttributes());

/// The kind of the first error; nothing without one.
std::optional<ErrorKind> error_of(
    std::string_view text, Attributes const& attributes = GivenAttributes());

}  // namespace millrace::cesql
