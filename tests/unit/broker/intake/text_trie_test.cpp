// SPDX-License-Identifier: Apache-2.0
#include "broker/intake/text_trie.hpp"

#include <algorithm>

#include "tests/support/catch.hpp"

using namespace millrace::broker;

namespace {

std::vector<std::uint32_t> found(TextTrie const& trie, std::string_view text) {
    std::vector<std::uint32_t> numbers;
    trie.find(text, numbers);
    std::ranges::sort(numbers);
    return numbers;
}

}  // namespace

TEST_CASE("Text trie: every key that begins the text is found", "[broker]") {
    TextTrie trie(TextTrie::Direction::forward);
    trie.insert("vm", 1);
    trie.insert("vm-prod", 2);
    trie.insert("vm", 3);
    trie.insert("host", 4);
    CHECK(found(trie, "vm-prod-01") == std::vector<std::uint32_t>{1, 2, 3});
    CHECK(found(trie, "vm") == std::vector<std::uint32_t>{1, 3});
    CHECK(found(trie, "v").empty());
    CHECK(found(trie, "").empty());
}

TEST_CASE("Text trie: backward, every key that ends the text is found", "[broker]") {
    TextTrie trie(TextTrie::Direction::backward);
    trie.insert("-01", 1);
    trie.insert("1", 2);
    CHECK(found(trie, "db-01") == std::vector<std::uint32_t>{1, 2});
    CHECK(found(trie, "01") == std::vector<std::uint32_t>{2});
}
