// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "common/base/json.hpp"

namespace millrace::console {

/// The newest events as rows, with how their deliveries stand now: what a tab that opens, or comes
/// back after a break, is filled up from. It knows from where on it has every event. Pure.
class EventWindow {
public:
    explicit EventWindow(std::size_t rows_max = 1'000) : rows_max_(rows_max) {}

    /// Every event after `seq` will be added.
    void begin_after(std::int64_t seq);
    /// Events were missed: what there is leads nowhere.
    void break_off();
    /// The next event. Where it began is not known, it begins with this one.
    void add(std::int64_t seq, Json row);
    /// How the deliveries of one event stand; nullptr: it is not held.
    Json const* update(std::int64_t seq, Json deliveries);

    /// Whether every event after `since` is held.
    bool covers(std::int64_t since) const { return begin_ && *begin_ <= since; }
    /// Rows by seq, oldest first.
    std::map<std::int64_t, Json> const& rows() const { return rows_; }

private:
    std::size_t rows_max_;
    std::optional<std::int64_t> begin_;  ///< every event after it is held
    std::map<std::int64_t, Json> rows_;
};

}  // namespace millrace::console
