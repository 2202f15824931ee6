// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery/delivery_start.hpp"

#include <algorithm>

#include "broker/record/trigger_set.hpp"

namespace millrace::broker {

DeliveryStart delivery_start(
    std::string const& uid, std::optional<TriggerTotals> const& saved,
    std::optional<MatchSpan> const& matched, FormerRun const& former) {
    bool const is_known = saved && !saved->removed && is_same_object(saved->uid, uid);
    DeliveryStart start;
    if (is_known)
        start.totals = *saved;
    start.totals.uid = uid;
    if (is_known && saved->low_water > 0) {
        start.unread_to = former.head;
        start.totals.matched += matched ? matched->count : 0;
        return start;
    }
    if (!former.is_first_listing) {
        start.totals.low_water = former.head + 1;
        start.totals.first_seq = former.head + 1;
        return start;
    }
    std::int64_t position = former.saved_head;
    if (saved && saved->removed)
        position = std::max(position, saved->first_seq - 1);
    start.totals.low_water = position + 1;
    if (!is_known)
        start.totals.first_seq = saved ? position + 1 : 1;
    if (!matched || matched->last_seq <= position)
        return start;
    start.unread_to = matched->last_seq;
    start.totals.matched += matched->count;
    return start;
}

}  // namespace millrace::broker
