// SPDX-License-Identifier: Apache-2.0
#include "common/event/filter.hpp"

#include <algorithm>

#include "common/base/encoding.hpp"
#include "common/event/cesql/evaluator.hpp"
#include "common/event/cesql/parser.hpp"

namespace millrace {
namespace {

using Clause = Filter::Clause;
using Dialect = Filter::Clause::Dialect;

constexpr int depth_max = 16;
constexpr std::size_t clauses_max = 256;
constexpr std::size_t expression_bytes_shown_max = 200;

struct Parser {
    std::string document;
    Faults faults;
    std::size_t clauses = 0;

    void fault(std::string const& place, std::string problem) {
        faults.push_back({document + " /spec/" + place, std::move(problem)});
    }
};

/// exact, prefix and suffix: a mapping of attribute names to texts, all of which must hold.
void parse_attributes(
    Parser& parser, Dialect dialect, Json const& value, std::string const& place,
    std::vector<Clause>& to) {
    if (!value.is_object() || value.empty()) {
        parser.fault(place, "must map attribute names to texts.");
        return;
    }
    for (auto const& [name, text] : value.items()) {
        std::string const at = place + "/" + name;
        if (!is_attribute_name(name))
            parser.fault(at, "is no attribute name (lower-case letters and digits).");
        else if (!text.is_string())
            parser.fault(at, "must be a text; put numbers and booleans in quotes.");
        else if (dialect != Dialect::exact && string_at(text, "").empty())
            parser.fault(at, "must not be empty.");
        else if (++parser.clauses <= clauses_max)
            to.push_back(
                {.dialect = dialect, .attribute = name, .value = string_at(text, ""), .place = at});
    }
}

void parse_expression(
    Parser& parser, Json const& value, std::string const& place, std::vector<Clause>& to) {
    std::string const text = string_at(value, "");
    if (text.empty()) {
        parser.fault(place, "must be a CESQL expression, such as \"type LIKE 'com.vmware.%'\".");
        return;
    }
    auto expression = cesql::parse(text);
    Faults const faults = expression ? cesql::call_faults(*expression) : expression.error();
    for (Fault const& fault : faults)
        parser.fault(place, "is wrong at " + fault.place + ": " + fault.problem);
    if (faults.empty() && ++parser.clauses <= clauses_max)
        to.push_back(
            {.dialect = Dialect::cesql,
             .value = text,
             .place = place,
             .expression = std::make_shared<cesql::Expression const>(std::move(*expression))});
}

void parse_filters(
    Parser& parser, Json const& list, std::string const& place, int depth, std::vector<Clause>& to);

void parse_dialect(
    Parser& parser, std::string const& name, Json const& value, std::string const& place,
    std::vector<Clause>& to) {
    int const depth = static_cast<int>(std::ranges::count(place, '/'));
    if (name == "exact" || name == "prefix" || name == "suffix") {
        Dialect const dialect = name == "exact"    ? Dialect::exact
                                : name == "prefix" ? Dialect::prefix
                                                   : Dialect::suffix;
        parse_attributes(parser, dialect, value, place, to);
    } else if (name == "all" || name == "any") {
        Clause clause{.dialect = name == "all" ? Dialect::all : Dialect::any, .place = place};
        parse_filters(parser, value, place, depth, clause.inner);
        to.push_back(std::move(clause));
    } else if (name == "not") {
        Clause clause{.dialect = Dialect::negation, .place = place};
        parse_filters(parser, Json::array({value}), place, depth, clause.inner);
        to.push_back(std::move(clause));
    } else if (name == "cesql") {
        parse_expression(parser, value, place, to);
    } else {
        parser.fault(
            place, "There is no such dialect; use exact, prefix, suffix, cesql, all, any or not.");
    }
}

void parse_filters(
    Parser& parser, Json const& list, std::string const& place, int depth,
    std::vector<Clause>& to) {
    if (!list.is_array()) {
        parser.fault(place, "must be a list of filters.");
        return;
    }
    if (depth > 2 * depth_max) {
        parser.fault(place, "is nested deeper than 16 filters.");
        return;
    }
    std::size_t index = 0;
    for (Json const& item : list) {
        std::string const at = place + "/" + std::to_string(index++);
        if (!item.is_object() || item.size() != 1) {
            parser.fault(
                at, "must have exactly one dialect (exact, prefix, suffix, cesql, all, any, not).");
            continue;
        }
        for (auto const& [name, value] : item.items())
            parse_dialect(parser, name, value, at + "/" + name, to);
    }
}

class EventAttributes final : public cesql::Attributes {
public:
    explicit EventAttributes(CloudEvent const& event) : event_(event) {}

    std::optional<cesql::Value> find(std::string_view name) const override {
        std::string_view const value = event_.attribute(name);
        return value.empty() ? std::nullopt : std::optional<cesql::Value>(value);
    }

private:
    CloudEvent const& event_;
};

bool holds(cesql::Expression const& expression, CloudEvent const& event) {
    auto result = cesql::evaluate(expression, EventAttributes(event));
    bool const is_boolean =
        !result.error && !cast(result.value, cesql::Type::boolean, result.texts);
    return is_boolean && std::get<bool>(result.value);
}

/// The beginning of an expression, whole characters.
std::string shown(std::string_view expression) {
    if (expression.size() <= expression_bytes_shown_max)
        return std::string(expression);
    return std::string(cut_at_character(expression, expression_bytes_shown_max)) + "...";
}

/// Why an expression did not match. Pre: it does not hold.
std::string why(Clause const& clause, CloudEvent const& event) {
    EventAttributes const attributes(event);
    auto result = cesql::evaluate(*clause.expression, attributes);
    if (result.error)
        return shown(clause.value) + " has no result; " + to_string(*result.error);
    if (auto const fault = cast(result.value, cesql::Type::boolean, result.texts))
        return shown(clause.value) + " gave \"" + shown(fault->subject) + "\", which " +
               fault->problem;
    return shown(clause.value) + " gave false";
}

constexpr std::size_t alternatives_shown_max = 5;

std::string join_alternatives(std::vector<Clause> const& inner, bool with_attribute);

/// What a clause wants of its attribute, in words.
std::string describe(Clause const& clause, bool with_attribute) {
    std::string const name = with_attribute ? clause.attribute + " " : std::string{};
    switch (clause.dialect) {
        case Dialect::exact:
            return name + (clause.value.empty() ? "any value" : "\"" + clause.value + "\"");
        case Dialect::prefix:
            return name + "a text that begins with \"" + clause.value + "\"";
        case Dialect::suffix:
            return name + "a text that ends with \"" + clause.value + "\"";
        case Dialect::all:
            return "all of " + std::to_string(clause.inner.size()) + " filters";
        case Dialect::any:
            return join_alternatives(clause.inner, with_attribute);
        case Dialect::negation:
            return "anything but " + join_alternatives(clause.inner, with_attribute);
        case Dialect::cesql:
            return "that " + shown(clause.value);
    }
    return {};
}

std::string join_alternatives(std::vector<Clause> const& inner, bool with_attribute) {
    std::string text;
    std::size_t const shown = std::min(inner.size(), alternatives_shown_max);
    for (std::size_t i = 0; i < shown; ++i)
        text += (i == 0 ? "" : " or ") + describe(inner[i], with_attribute);
    if (inner.size() > shown)
        text += " or one of " + std::to_string(inner.size() - shown) + " more";
    return text;
}

/// The attribute that the whole clause is about; empty when its parts ask for several.
std::string attribute_of(Clause const& clause) {
    if (clause.inner.empty())
        return clause.attribute;
    std::string const name = attribute_of(clause.inner.front());
    bool const shared = std::ranges::all_of(
        clause.inner, [&](Clause const& inner) { return attribute_of(inner) == name; });
    return shared ? name : std::string{};
}

/// The first clause of `clause` that says no, or nullptr.
Clause const* first_refusal(Clause const& clause, CloudEvent const& event) {
    std::string_view const value =
        clause.attribute.empty() ? std::string_view{} : event.attribute(clause.attribute);
    switch (clause.dialect) {
        case Dialect::exact: {
            // Knative: an empty text in a filter means "present, any value".
            bool const holds = clause.value.empty() ? !value.empty() : value == clause.value;
            return holds ? nullptr : &clause;
        }
        case Dialect::prefix:
            return value.starts_with(clause.value) ? nullptr : &clause;
        case Dialect::suffix:
            return value.ends_with(clause.value) ? nullptr : &clause;
        case Dialect::all:
            for (Clause const& inner : clause.inner)
                if (Clause const* refusal = first_refusal(inner, event))
                    return refusal;
            return nullptr;
        case Dialect::any: {
            bool const holds = std::ranges::any_of(clause.inner, [&](Clause const& inner) {
                return first_refusal(inner, event) == nullptr;
            });
            return holds || clause.inner.empty() ? nullptr : &clause;
        }
        case Dialect::negation: {
            bool const inner_holds = std::ranges::all_of(clause.inner, [&](Clause const& inner) {
                return first_refusal(inner, event) == nullptr;
            });
            return inner_holds ? &clause : nullptr;
        }
        case Dialect::cesql:
            return holds(*clause.expression, event) ? nullptr : &clause;
    }
    return &clause;
}

}  // namespace

Filter::Filter(Clauses clauses) : clauses_(std::make_shared<Clauses const>(std::move(clauses))) {}

std::shared_ptr<Filter::Clauses const> Filter::none() {
    static auto const empty = std::make_shared<Clauses const>();
    return empty;
}

Checked<Filter> Filter::parse(Json const& trigger_spec, std::string const& place) {
    Parser parser{.document = place};
    Clauses clauses;
    Json const* filters = find_json(trigger_spec, "filters");
    bool const has_filters =
        filters != nullptr && !filters->is_null() && !(filters->is_array() && filters->empty());
    if (has_filters) {
        parse_filters(parser, *filters, "filters", 1, clauses);
    } else if (Json const* legacy = find_json(trigger_spec, "filter/attributes");
               legacy != nullptr && !legacy->is_null() && !legacy->empty()) {
        parse_attributes(parser, Dialect::exact, *legacy, "filter/attributes", clauses);
    }
    if (parser.clauses > clauses_max)
        parser.fault("filters", "has more than 256 comparisons.");
    if (!parser.faults.empty())
        return std::unexpected(std::move(parser.faults));
    clauses.shrink_to_fit();
    return Filter(std::move(clauses));
}

Filter::Clause const* Filter::refusal(CloudEvent const& event) const {
    for (Clause const& clause : *clauses_)
        if (Clause const* refusal = first_refusal(clause, event))
            return refusal;
    return nullptr;
}

std::optional<FilterMismatch> Filter::mismatch(CloudEvent const& event) const {
    Clause const* const refused = refusal(event);
    if (refused == nullptr)
        return std::nullopt;
    FilterMismatch mismatch{.clause = refused->place, .attribute = attribute_of(*refused)};
    if (refused->dialect == Dialect::cesql)
        mismatch.expected = why(*refused, event);
    else
        mismatch.expected = refused->inner.empty() ? refused->value
                                                   : describe(*refused, mismatch.attribute.empty());
    return mismatch;
}

}  // namespace millrace
