// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/json.hpp"
#include "common/event/cloud_event.hpp"

namespace millrace {

/// Why a filter did not match: the first clause that said no, to show to a person.
struct FilterMismatch {
    std::string clause;     ///< place in the filter, e.g. "filters/0/prefix/vmname"
    std::string attribute;  ///< the attribute looked at; empty when any/not look at several
    std::string expected;   ///< exact, prefix, suffix: the value as written; any, not: in words

    bool operator==(FilterMismatch const&) const = default;
};

/// A Trigger's filter: `spec.filter.attributes` or `spec.filters` (which overrides it), dialects
/// exact, prefix, suffix, all, any, not (CloudEvents Subscriptions API 1.0, section 3.2.4; Knative
/// pkg/eventfilter). An unparsable or unknown dialect is a fault and never passes.
class Filter {
public:
    /// Matches everything.
    Filter() = default;

    /// `trigger_spec` is a Trigger's `spec`; `place` names it in faults. `cesql` is a fault that
    /// says it is not supported yet.
    static Checked<Filter> parse(Json const& trigger_spec, std::string const& place);

    struct Clause;
    /// nullptr if the event matches; else the first clause that did not. Pure, allocates nothing.
    Clause const* refusal(CloudEvent const& event) const;
    bool matches(CloudEvent const& event) const { return refusal(event) == nullptr; }
    /// `refusal` in words; nothing if the event matches.
    std::optional<FilterMismatch> mismatch(CloudEvent const& event) const;

    struct Clause {
        enum class Dialect { exact, prefix, suffix, all, any, negation };
        Dialect dialect = Dialect::all;
        std::string attribute;
        std::string value;
        std::vector<Clause> inner;
        std::string place;
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
