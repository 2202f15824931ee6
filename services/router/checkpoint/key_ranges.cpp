// SPDX-License-Identifier: Apache-2.0
#include "router/checkpoint/key_ranges.hpp"

#include <algorithm>
#include <limits>

namespace millrace::router {
namespace {

constexpr std::int32_t greatest = std::numeric_limits<std::int32_t>::max();
constexpr std::int32_t least = std::numeric_limits<std::int32_t>::min();

}  // namespace

bool KeyRanges::contains(std::int32_t key) const {
    auto const after = ranges_.upper_bound(key);
    return after != ranges_.begin() && std::prev(after)->second >= key;
}

bool KeyRanges::insert(std::int32_t key) {
    auto const after = ranges_.upper_bound(key);
    if (after != ranges_.begin()) {
        auto const before = std::prev(after);
        if (before->second >= key)
            return false;
        // Keys mostly come one after the other: the last range grows where it is.
        bool const grows =
            before->second == key - 1 && (after == ranges_.end() || after->first - 1 != key);
        if (grows) {
            before->second = key;
            return true;
        }
    }
    insert(Range{key, key});
    return true;
}

void KeyRanges::insert(Range range) {
    auto at = ranges_.upper_bound(range.first);
    if (at != ranges_.begin()) {
        auto const before = std::prev(at);
        bool const touches = before->second >= range.first ||
                             (range.first != least && before->second == range.first - 1);
        if (touches) {
            range.first = before->first;
            range.last = std::max(range.last, before->second);
            ranges_.erase(before);
        }
    }
    while (at != ranges_.end() &&
           (at->first <= range.last || (range.last != greatest && at->first == range.last + 1))) {
        range.last = std::max(range.last, at->second);
        at = ranges_.erase(at);
    }
    ranges_.emplace(range.first, range.last);
}

void KeyRanges::erase(std::int32_t key) {
    auto const after = ranges_.upper_bound(key);
    if (after == ranges_.begin())
        return;
    auto const holder = std::prev(after);
    Range const whole{holder->first, holder->second};
    if (whole.last < key)
        return;
    ranges_.erase(holder);
    if (whole.first < key)
        ranges_.emplace(whole.first, key - 1);
    if (key < whole.last)
        ranges_.emplace(key + 1, whole.last);
}

std::vector<KeyRanges::Range> KeyRanges::ranges() const {
    std::vector<Range> list;
    list.reserve(ranges_.size());
    for (auto const& [first, last] : ranges_)
        list.push_back({first, last});
    return list;
}

}  // namespace millrace::router
