// SPDX-License-Identifier: Apache-2.0
#include "broker/intake/filter_index.hpp"

#include <algorithm>

namespace millrace::broker {
namespace {

using Clause = Filter::Clause;
using Dialect = Clause::Dialect;

/// How well a clause narrows down; 0: not at all.
int selectivity(Clause const& clause) {
    switch (clause.dialect) {
        case Dialect::exact:
            return clause.value.empty() ? 0 : 4;
        case Dialect::prefix:
            return 3;
        case Dialect::suffix:
            return 2;
        case Dialect::any: {
            bool const all_narrow =
                !clause.inner.empty() && std::ranges::all_of(clause.inner, [](Clause const& inner) {
                    bool const is_plain = inner.inner.empty();
                    return is_plain && selectivity(inner) > 0;
                });
            return all_narrow ? 1 : 0;
        }
        case Dialect::all:
        case Dialect::negation:
        case Dialect::cesql:
            return 0;
    }
    return 0;
}

/// The clause that must hold and narrows down best; nullptr: none does.
Clause const* best_of(std::vector<Clause> const& clauses) {
    Clause const* best = nullptr;
    for (Clause const& clause : clauses) {
        Clause const* const candidate =
            clause.dialect == Dialect::all ? best_of(clause.inner) : &clause;
        if (candidate == nullptr || selectivity(*candidate) == 0)
            continue;
        if (best == nullptr || selectivity(*candidate) > selectivity(*best))
            best = candidate;
    }
    return best;
}

}  // namespace

FilterIndex::FilterIndex(TriggerSetRef set) : set_(std::move(set)) {
    for (std::uint32_t member = 0; member < set_->members.size(); ++member)
        add(member);
}

FilterIndex::Attribute& FilterIndex::attribute(std::string const& name) {
    auto const found = std::ranges::find(attributes_, name, &Attribute::name);
    if (found != attributes_.end())
        return *found;
    return attributes_.emplace_back(Attribute{.name = name});
}

void FilterIndex::add_by(Clause const& clause, std::uint32_t member) {
    if (clause.dialect == Dialect::any) {
        for (Clause const& inner : clause.inner)
            add_by(inner, member);
        return;
    }
    Attribute& wanted = attribute(clause.attribute);
    if (clause.dialect == Dialect::exact) {
        wanted.exact[clause.value].push_back(member);
        return;
    }
    wanted.has_affixes = true;
    (clause.dialect == Dialect::prefix ? wanted.prefixes : wanted.suffixes)
        .insert(clause.value, member);
}

void FilterIndex::add(std::uint32_t member) {
    TriggerVersion const& version = *set_->members[member];
    if (!version.fault.empty())
        return;
    if (Clause const* const best = best_of(version.parsed.clauses()))
        add_by(*best, member);
    else
        rest_.push_back(member);
}

std::vector<TriggerVersionRef> FilterIndex::matches(CloudEvent const& event) const {
    std::vector<std::uint32_t> candidates = rest_;
    for (Attribute const& wanted : attributes_) {
        std::string_view const value = event.attribute(wanted.name);
        if (value.empty())
            continue;
        if (auto const found = wanted.exact.find(value); found != wanted.exact.end())
            candidates.insert(candidates.end(), found->second.begin(), found->second.end());
        if (!wanted.has_affixes)
            continue;
        wanted.prefixes.find(value, candidates);
        wanted.suffixes.find(value, candidates);
    }
    // Several alternatives of one filter can hold.
    std::ranges::sort(candidates);
    auto const repeated = std::ranges::unique(candidates);
    candidates.erase(repeated.begin(), repeated.end());
    std::vector<TriggerVersionRef> matches;
    for (std::uint32_t const member : candidates)
        if (set_->members[member]->matches(event))
            matches.push_back(set_->members[member]);
    std::ranges::sort(matches, {}, [](auto const& version) { return version->id; });
    return matches;
}

}  // namespace millrace::broker
