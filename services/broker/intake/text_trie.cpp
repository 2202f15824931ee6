// SPDX-License-Identifier: Apache-2.0
#include "broker/intake/text_trie.hpp"

namespace millrace::broker {

std::uint32_t TextTrie::child_of(std::uint32_t node, char letter) const {
    std::uint32_t child = nodes_[node].child;
    while (child != none && nodes_[child].letter != letter)
        child = nodes_[child].sibling;
    return child;
}

void TextTrie::insert(std::string_view key, std::uint32_t number) {
    std::uint32_t node = 0;
    for (std::size_t depth = 0; depth < key.size(); ++depth) {
        char const letter = letter_at(key, depth);
        std::uint32_t child = child_of(node, letter);
        if (child == none) {
            child = static_cast<std::uint32_t>(nodes_.size());
            nodes_.push_back({.letter = letter, .sibling = nodes_[node].child});
            nodes_[node].child = child;
        }
        node = child;
    }
    nodes_[node].numbers.push_back(number);
}

void TextTrie::find(std::string_view text, std::vector<std::uint32_t>& to) const {
    std::uint32_t node = 0;
    for (std::size_t depth = 0;; ++depth) {
        auto const& numbers = nodes_[node].numbers;
        to.insert(to.end(), numbers.begin(), numbers.end());
        if (depth == text.size())
            return;
        node = child_of(node, letter_at(text, depth));
        if (node == none)
            return;
    }
}

}  // namespace millrace::broker
