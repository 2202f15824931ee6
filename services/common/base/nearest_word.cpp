// SPDX-License-Identifier: Apache-2.0
#include "common/base/nearest_word.hpp"

#include <algorithm>
#include <vector>

namespace millrace {
namespace {

constexpr std::size_t distance_max = 3;

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            std::size_t const above = row[j];
            row[j] =
                std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row.back();
}

}  // namespace

std::string_view nearest_word(std::span<std::string_view const> known, std::string_view word) {
    auto const distance = [word](std::string_view one) { return edit_distance(one, word); };
    auto const nearest = std::ranges::min_element(known, {}, distance);
    if (nearest == known.end())
        return {};
    // Half of short words has to be right, or "word" would be taken for "part".
    auto const away = distance(*nearest);
    bool const is_near = away <= distance_max && 2 * away <= std::max(nearest->size(), word.size());
    return is_near ? *nearest : std::string_view();
}

}  // namespace millrace
