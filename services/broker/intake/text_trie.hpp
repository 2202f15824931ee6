// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace millrace::broker {

/// Numbers by key text; finds those of every key that a text begins with (or ends with), in the
/// length of the text, however many keys there are.
class TextTrie {
public:
    enum class Direction { forward, backward };
    explicit TextTrie(Direction direction) : direction_(direction), nodes_(1) {}

    void insert(std::string_view key, std::uint32_t number);
    /// Appends the numbers of all keys that begin (backward: end) `text`.
    void find(std::string_view text, std::vector<std::uint32_t>& to) const;

private:
    static constexpr std::uint32_t none = 0;
    struct Node {
        char letter = 0;
        std::uint32_t child = none;
        std::uint32_t sibling = none;
        std::vector<std::uint32_t> numbers;
    };
    /// The child of `node` by `letter`; `none` if there is none.
    std::uint32_t child_of(std::uint32_t node, char letter) const;
    char letter_at(std::string_view text, std::size_t depth) const {
        return direction_ == Direction::forward ? text[depth] : text[text.size() - 1 - depth];
    }

    Direction direction_;
    std::vector<Node> nodes_;
};

}  // namespace millrace::broker
