// SPDX-License-Identifier: Apache-2.0
#include "broker/log/late_records.hpp"

#include <utility>

#include "common/base/assert.hpp"
#include "common/base/backoff.hpp"

namespace millrace::broker {
namespace {

constexpr milliseconds pause_first = 500ms;
constexpr milliseconds pause_max = 30s;

}  // namespace

void LateRecords::add(std::uint32_t segment, DeliveryRecord record) {
    if (damaged_.contains(segment) || size_ >= records_max)
        return;
    Key const key{record.seq, record.version};
    bool const is_new = segments_[segment].records.insert_or_assign(key, std::move(record)).second;
    size_ += is_new ? 1 : 0;
}

std::vector<DeliveryRecord> LateRecords::take(SteadyTime now) {
    MILLRACE_ASSERT(taken_ == 0);
    std::vector<DeliveryRecord> records;
    for (auto const& [segment, waiting] : segments_) {
        if (waiting.due > now)
            continue;
        taken_ = segment;
        for (auto const& [key, record] : waiting.records)
            records.push_back(record);
        break;
    }
    return records;
}

void LateRecords::written() {
    MILLRACE_ASSERT(taken_ != 0);
    auto const done = segments_.find(std::exchange(taken_, 0));
    size_ -= done->second.records.size();
    segments_.erase(done);
}

void LateRecords::failed(Error const& error, SteadyTime now) {
    MILLRACE_ASSERT(taken_ != 0);
    std::uint32_t const segment = std::exchange(taken_, 0);
    if (error.code == ErrorCode::damaged) {
        damaged_[segment] = error.detail;
        size_ -= segments_.at(segment).records.size();
        segments_.erase(segment);
        return;
    }
    Waiting& waiting = segments_.at(segment);
    waiting.trouble = error.detail;
    waiting.due = now + backoff(++waiting.failures, pause_first, pause_max);
}

std::optional<SteadyTime> LateRecords::next_due() const {
    std::optional<SteadyTime> due;
    for (auto const& [segment, waiting] : segments_)
        due = due ? std::min(*due, waiting.due) : waiting.due;
    return due;
}

std::optional<std::int64_t> LateRecords::oldest_seq() const {
    std::optional<std::int64_t> oldest;
    for (auto const& [segment, waiting] : segments_) {
        std::int64_t const seq = waiting.records.begin()->first.first;
        oldest = oldest ? std::min(*oldest, seq) : seq;
    }
    return oldest;
}

std::string LateRecords::trouble() const {
    for (auto const& [segment, waiting] : segments_)
        if (!waiting.trouble.empty())
            return "What became of deliveries cannot be written: " + waiting.trouble;
    if (!damaged_.empty())
        return "What became of deliveries cannot be written; they show as not settled, and may be "
               "made once more after a restart: " +
               damaged_.begin()->second;
    return {};
}

}  // namespace millrace::broker
