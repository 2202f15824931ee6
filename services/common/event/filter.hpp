// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/json.hpp"
#include "common/event/cesql/expression.hpp"
#include "common/event/cloud_event.hpp"

namespace millrace {

/// Why a filter did not match: the first clause that said no, to show to a person.
struct FilterMismatch {
    std::string clause;     ///< place in the filter, e.g. "filters/0/prefix/vmname"
    std::string attribute;  ///< the attribute looked at; empty: several, or an expression
    /// exact, prefix, suffix: the value as written; any, not: in words; cesql: the expression (its
    /// first 200 bytes) and what it gave or why it could not be evaluated
    std::string expected;

    bool operator==(FilterMismatch const&) const = default;
};

/// A Trigger's filter: `spec.filter.attributes` or `spec.filters` (which overrides it), dialects
/// exact, prefix, suffix, all, any, not (CloudEvents Subscriptions API 1.0, section 3.2.4; Knative
/// pkg/eventfilter) and cesql (cesql/parser.hpp, cesql/evaluator.hpp). An unparsable or unknown
/// dialect is a fault and never passes.
/// A cesql expression matches when it gives true without an error. A result that is no boolean is
/// cast to one, for attributes have lost their types on the way: "true" matches as true does.
class Filter {
public:
    /// Matches everything.
    Filter() = default;

    /// `trigger_spec` is a Trigger's `spec`; `place` names it in faults. Also a fault: a cesql
    /// expression that calls a function which does not exist or takes other arguments.
    static Checked<Filter> parse(Json const& trigger_spec, std::string const& place);

    struct Clause;
    /// nullptr if the event matches; else the first clause that did not. Pure; allocates nothing
    /// but what a cesql expression makes anew (as CONCAT does).
    Clause const* refusal(CloudEvent const& event) const;
    bool matches(CloudEvent const& event) const { return refusal(event) == nullptr; }
    /// `refusal` in words; nothing if the event matches.
    std::optional<FilterMismatch> mismatch(CloudEvent const& event) const;

    struct Clause {
        enum class Dialect { exact, prefix, suffix, all, any, negation, cesql };
        Dialect dialect = Dialect::all;
        std::string attribute;
        std::string value;  ///< of cesql: the expression as written
        std::vector<Clause> inner;
        std::string place;
        std::shared_ptr<cesql::Expression const> expression;  ///< of cesql alone
    };

    /// What must hold, all of it.
    std::vector<Clause> const& clauses() const { return *clauses_; }

private:
    using Clauses = std::vector<Clause>;
    explicit Filter(Clauses clauses);
    static std::shared_ptr<Clauses const> none();

    /// Shared by copies: a broker knows each filter in several places.
    std::shared_ptr<Clauses const> clauses_ = none();
};

}  // namespace millrace
