// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

namespace millrace::router {

/// How many events are asked for at once. A page whose answer is too large is asked for again in
/// smaller pieces; what is asked for grows back only with pages that bring new events: those seen
/// before, with which every new collector begins, say nothing of what follows them. Pure.
class PageSize {
public:
    /// Pre: full >= 1.
    explicit PageSize(int full) : full_(full), count_(full) {}

    int count() const { return count_; }
    /// The answer was too large. False: it was that of one event, which cannot be had.
    bool shrink() {
        if (count_ == 1)
            return false;
        count_ = std::max(1, count_ / 4);
        return true;
    }
    void brought_new_events() { count_ = std::min(full_, count_ * 2); }

private:
    int full_;
    int count_;
};

}  // namespace millrace::router
