// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "broker/history/segment_reader.hpp"
#include "broker/record/totals.hpp"

namespace millrace::broker {

/// What is known of the run before when the first triggers are listed.
struct FormerRun {
    bool is_first_listing = true;  ///< false: the trigger was made while this process ran
    std::int64_t saved_head = 0;   ///< newest event when cursors were saved; 0: nothing is saved
    std::int64_t head = 0;         ///< newest event now
};

/// Where a trigger begins.
struct DeliveryStart {
    TriggerTotals totals;        ///< low_water: the first event it may still have to get
    std::int64_t unread_to = 0;  ///< as DeliveryCursor has it
};

/// Where the trigger of `uid` begins, given what was saved for its name (the process may have been
/// killed up to a second after) and what it matched after `saved_head`:
/// * the same object goes on where it was;
/// * another object of its name, or one made after a removal, has nothing to do with what that one
///   matched;
/// * one that nothing was saved of may have been made in the second before the kill.
/// Pure.
DeliveryStart delivery_start(
    std::string const& uid, std::optional<TriggerTotals> const& saved,
    std::optional<MatchSpan> const& matched, FormerRun const& former);

}  // namespace millrace::broker
