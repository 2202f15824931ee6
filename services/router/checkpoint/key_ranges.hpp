// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace millrace::router {

/// A set of event keys as ranges: keys are mostly consecutive, so a backlog of a million events
/// takes one entry.
class KeyRanges {
public:
    struct Range {
        std::int32_t first;
        std::int32_t last;
        bool operator==(Range const&) const = default;
    };

    /// False if it was in already.
    bool insert(std::int32_t key);
    void insert(Range range);
    void erase(std::int32_t key);
    bool contains(std::int32_t key) const;
    std::vector<Range> ranges() const;
    std::size_t range_count() const { return ranges_.size(); }
    bool empty() const { return ranges_.empty(); }
    void clear() { ranges_.clear(); }

private:
    /// first key of the range -> last
    std::map<std::int32_t, std::int32_t> ranges_;
};

}  // namespace millrace::router
