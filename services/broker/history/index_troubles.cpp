// SPDX-License-Identifier: Apache-2.0
#include "broker/history/index_troubles.hpp"

#include "common/base/backoff.hpp"

namespace millrace::broker {

bool IndexTroubles::failed(std::uint32_t segment, Error const& error, SteadyTime now) {
    Trouble& trouble = troubles_[segment];
    bool const is_news = trouble.problem != error.detail;
    trouble.problem = error.detail;
    ++trouble.failures;
    bool const is_for_good = error.code == ErrorCode::damaged || error.code == ErrorCode::not_found;
    trouble.next_try.reset();
    if (!is_for_good)
        trouble.next_try = now + backoff(trouble.failures, first_pause_, longest_pause_);
    return is_news;
}

void IndexTroubles::forget_below(std::uint32_t oldest) {
    troubles_.erase(troubles_.begin(), troubles_.lower_bound(oldest));
}

bool IndexTroubles::may_try(std::uint32_t segment, SteadyTime now) const {
    auto const found = troubles_.find(segment);
    if (found == troubles_.end())
        return true;
    return found->second.next_try && *found->second.next_try <= now;
}

std::optional<SteadyTime> IndexTroubles::next_try() const {
    std::optional<SteadyTime> next;
    for (auto const& [segment, trouble] : troubles_)
        if (trouble.next_try && (!next || *trouble.next_try < *next))
            next = trouble.next_try;
    return next;
}

std::string IndexTroubles::text() const {
    if (troubles_.empty())
        return "";
    std::string text = troubles_.begin()->second.problem;
    if (troubles_.size() > 1)
        text += " And " + std::to_string(troubles_.size() - 1) + " more.";
    return text;
}

}  // namespace millrace::broker
