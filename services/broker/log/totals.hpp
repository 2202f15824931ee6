// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/base/clock.hpp"

namespace millrace::broker {

/// What a trigger has done since it was made, kept over restarts.
struct TriggerTotals {
    std::int64_t low_water = 1;  ///< every matched event below it is settled
    std::int64_t first_seq = 1;  ///< events below it belong to a removed trigger of this name
    bool removed = false;        ///< it is gone; kept so that one of its name begins where it ended
    std::uint64_t received = 0;  ///< events of its broker it was asked about
    std::uint64_t matched = 0;
    std::uint64_t delivered = 0;
    std::uint64_t failed = 0;  ///< given up, dead-lettered ones included
    SystemTime last_delivered_at;
    SystemTime last_error_at;  ///< 1970: none
    int last_error_status = 0;
    std::string last_error;
};

struct TypeTotals {
    std::uint64_t count = 0;
    SystemTime last_seen;
};

struct RatePoint {
    std::int64_t minute = 0;  ///< since 1970
    std::uint64_t received = 0;
    std::uint64_t delivered = 0;
    std::uint64_t failed = 0;
};

/// Everything the broker counts, as it is saved.
struct SavedTotals {
    std::map<std::string, TriggerTotals> triggers;
    std::map<std::string, TypeTotals, std::less<>> types;
    std::vector<RatePoint> rates;
    std::vector<std::string>
        forgotten_triggers;  ///< removed so long ago that nothing refers to them
};

/// Events per minute of the last day. Pure; time is handed in.
class Rates {
public:
    static constexpr std::size_t minutes_max = 1440;

    void restore(std::vector<RatePoint> const& points);
    /// The point of the minute `now` is in. A clock that goes back counts in the newest minute.
    RatePoint& at(SystemTime now);
    /// The last `minutes` up to now, oldest first, minutes without events as zeros.
    std::vector<RatePoint> last(std::size_t minutes, SystemTime now) const;
    /// The points that may have changed since the minute before the newest.
    std::vector<RatePoint> newest() const;

private:
    std::deque<RatePoint> points_;
};

/// Types seen so far: at most 2,000 (CloudEvents senders may make up any number), then the one
/// unseen for longest goes. Remembers which changed, to be saved.
class TypeCounts {
public:
    static constexpr std::size_t types_max = 2000;

    void restore(std::map<std::string, TypeTotals, std::less<>> types);
    void count(std::string const& type, SystemTime now);
    std::map<std::string, TypeTotals, std::less<>> const& all() const { return types_; }
    std::map<std::string, TypeTotals, std::less<>> take_changed();

private:
    std::map<std::string, TypeTotals, std::less<>> types_;
    std::set<std::string> changed_;
};

}  // namespace millrace::broker
