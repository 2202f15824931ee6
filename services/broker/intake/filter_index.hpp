// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "broker/intake/text_trie.hpp"
#include "broker/record/trigger_set.hpp"

namespace millrace::broker {

/// Finds the triggers of a set that an event matches, without asking those that an exact value, a
/// prefix or a suffix rules out: what does not match costs next to nothing, however many there are.
/// Filters with none of these (not, cesql, or "any value") are asked one after the other.
class FilterIndex {
public:
    explicit FilterIndex(TriggerSetRef set);

    TriggerSetRef const& set() const { return set_; }
    /// The versions that match, by number. Pure.
    std::vector<TriggerVersionRef> matches(CloudEvent const& event) const;

private:
    struct TextHash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    /// Members by what they want of one attribute.
    struct Attribute {
        std::string name;
        std::unordered_map<std::string, std::vector<std::uint32_t>, TextHash, std::equal_to<>>
            exact;
        TextTrie prefixes{TextTrie::Direction::forward};
        TextTrie suffixes{TextTrie::Direction::backward};
        bool has_affixes = false;
    };
    Attribute& attribute(std::string const& name);
    void add(std::uint32_t member);
    void add_by(Filter::Clause const& clause, std::uint32_t member);

    TriggerSetRef set_;
    std::vector<Attribute> attributes_;
    std::vector<std::uint32_t> rest_;  ///< members that are always asked
};

}  // namespace millrace::broker
