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
    /// Every matched event below it is settled. 0: it had nothing to deliver, up to the head that
    /// was saved with it; so a trigger that has nothing to do is not written each second.
    std::int64_t low_water = 0;
    std::int64_t first_seq = 1;  ///< events below it belong to a removed trigger of this name
    bool removed = false;        ///< it is gone; kept so that one of its name begins where it ended
    std::string uid;             ///< of the object; empty where the store gives none
    std::string broker;          ///< "namespace/name"
    /// What its broker had received when the trigger was made: the rest is what it was asked about.
    std::uint64_t received_before = 0;
    std::uint64_t matched = 0;
    std::uint64_t delivered = 0;
    /// Given up, dead-lettered ones included. As it is saved: those below low_water, since the
    /// others are met again when the log is read from there.
    std::uint64_t failed = 0;
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

/// Everything the broker counts, as it is saved: what changed since the last time.
struct SavedTotals {
    std::int64_t head = 0;  ///< newest event when this was saved
    std::map<std::string, TriggerTotals> triggers;
    std::map<std::string, std::uint64_t> received;  ///< events, by broker
    std::map<std::string, TypeTotals, std::less<>> types;
    std::vector<RatePoint> rates;
    std::vector<std::string>
        forgotten_triggers;  ///< removed so long ago that nothing refers to them
    /// Read from a file that is as it was written: a trigger that is not in it is new. Else one
    /// begins with what the log says.
    bool is_whole = true;
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
