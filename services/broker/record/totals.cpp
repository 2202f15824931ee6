// SPDX-License-Identifier: Apache-2.0
#include "broker/record/totals.hpp"

#include <algorithm>

namespace millrace::broker {
namespace {

std::int64_t minute_of(SystemTime time) {
    return std::chrono::floor<std::chrono::minutes>(time).time_since_epoch().count();
}

}  // namespace

void Rates::restore(std::vector<RatePoint> const& points) {
    points_.assign(points.begin(), points.end());
    std::ranges::sort(points_, {}, &RatePoint::minute);
    while (points_.size() > minutes_max)
        points_.pop_front();
}

RatePoint& Rates::at(SystemTime now) {
    std::int64_t const minute = minute_of(now);
    if (points_.empty() || minute > points_.back().minute) {
        points_.push_back({.minute = minute});
        if (points_.size() > minutes_max)
            points_.pop_front();
    }
    return points_.back();
}

std::vector<RatePoint> Rates::last(std::size_t minutes, SystemTime now) const {
    std::int64_t const end = minute_of(now);
    std::vector<RatePoint> result;
    for (std::int64_t i = static_cast<std::int64_t>(minutes) - 1; i >= 0; --i) {
        auto const found = std::ranges::lower_bound(points_, end - i, {}, &RatePoint::minute);
        bool const is_there = found != points_.end() && found->minute == end - i;
        result.push_back(is_there ? *found : RatePoint{.minute = end - i});
    }
    return result;
}

std::vector<RatePoint> Rates::newest() const {
    auto const count = static_cast<std::ptrdiff_t>(std::min<std::size_t>(points_.size(), 2));
    return {points_.end() - count, points_.end()};
}

void TypeCounts::restore(std::map<std::string, TypeTotals, std::less<>> types) {
    types_ = std::move(types);
}

void TypeCounts::count(std::string const& type, SystemTime now) {
    auto found = types_.find(type);
    if (found == types_.end()) {
        if (types_.size() >= types_max) {
            auto const oldest = std::ranges::min_element(
                types_, {}, [](auto const& entry) { return entry.second.last_seen; });
            types_.erase(oldest);
        }
        found = types_.try_emplace(type).first;
    }
    ++found->second.count;
    found->second.last_seen = now;
    changed_.insert(type);
}

std::map<std::string, TypeTotals, std::less<>> TypeCounts::take_changed() {
    std::map<std::string, TypeTotals, std::less<>> result;
    for (std::string const& type : changed_)
        if (auto const found = types_.find(type); found != types_.end())
            result.insert(*found);
    changed_.clear();
    return result;
}

}  // namespace millrace::broker
