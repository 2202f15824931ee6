// SPDX-License-Identifier: Apache-2.0
#include "broker/record/verdict.hpp"

#include <algorithm>

namespace millrace::broker {
namespace {

/// What the clause wanted, in words: of exact, prefix and suffix only the value is stored.
std::string wanted(Verdict const& verdict) {
    std::string const dialect = dialect_of(verdict.clause);
    std::string const quoted = "\"" + verdict.expected + "\"";
    if (dialect == "exact")
        return verdict.expected.empty() ? "any value" : quoted;
    if (dialect == "prefix")
        return "a text that begins with " + quoted;
    if (dialect == "suffix")
        return "a text that ends with " + quoted;
    return verdict.expected;
}

}  // namespace

std::string describe(Verdict const& verdict, std::string_view actual) {
    if (verdict.matched)
        return "The filter matched.";
    if (verdict.clause.empty())
        return verdict.expected;
    if (dialect_of(verdict.clause) == "cesql")
        return "The filter's expression did not hold: " + verdict.expected + ".";
    if (verdict.attribute.empty())
        return "The filter wanted " + verdict.expected + ".";
    return "The filter wanted " + verdict.attribute + " to be " + wanted(verdict) + "; it was " +
           (actual.empty() ? "absent" : "\"" + std::string(actual) + "\"") + ".";
}

std::string dialect_of(std::string_view clause) {
    for (std::string_view const dialect : {"exact", "prefix", "suffix"})
        if (clause.find("/" + std::string(dialect) + "/") != std::string_view::npos)
            return std::string(dialect);
    if (clause.starts_with("filter/"))
        return "exact";
    std::size_t const slash = clause.rfind('/');
    return slash == std::string_view::npos ? std::string{} : std::string(clause.substr(slash + 1));
}

Verdict verdict_of(TriggerVersion const& version, CloudEvent const& event) {
    Verdict verdict{.version = version.id, .trigger = version.trigger};
    if (!version.fault.empty()) {
        verdict.expected = version.fault;
        return verdict;
    }
    auto mismatch = version.parsed.mismatch(event);
    verdict.matched = !mismatch.has_value();
    if (mismatch) {
        verdict.clause = std::move(mismatch->clause);
        verdict.attribute = std::move(mismatch->attribute);
        verdict.expected = std::move(mismatch->expected);
    }
    return verdict;
}

std::vector<Verdict> verdicts_of(StoredEvent const& event) {
    std::vector<Verdict> verdicts;
    if (!event.asked)
        return verdicts;
    for (TriggerVersionRef const& version : event.asked->members) {
        // What matched is stored: a later program may judge a filter better than the one that did.
        bool const matched = std::ranges::binary_search(
            event.matches, version->id, {}, [](auto const& match) { return match->id; });
        verdicts.push_back(
            matched ? Verdict{.version = version->id, .trigger = version->trigger, .matched = true}
                    : verdict_of(*version, event.event));
        verdicts.back().matched = matched;
    }
    return verdicts;
}

}  // namespace millrace::broker
