// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker/record/delivery_record.hpp"
#include "common/base/clock.hpp"
#include "common/base/result.hpp"

namespace millrace::broker {

/// Delivery records of older segments, which wait where the segment cannot be written: a fault of
/// one file holds up nothing else. Of a delivery only the last record counts. Pure.
class LateRecords {
public:
    static constexpr std::size_t records_max = 100'000;

    /// `segment` as EventLog::segment_of says it. With more than `records_max` waiting it is
    /// dropped: its event shows as not settled, and is delivered once more after the next start
    /// unless the cursor has passed it.
    void add(std::uint32_t segment, DeliveryRecord record);

    /// What can be tried at `now`, of one segment; empty: nothing. It is then written() or
    /// failed().
    std::vector<DeliveryRecord> take(SteadyTime now);
    void written();
    /// Errors that repeating cannot mend (`damaged`) give the records up, as if too many waited.
    /// Others are tried again after a pause.
    void failed(Error const& error, SteadyTime now);

    bool empty() const { return segments_.empty(); }
    /// The oldest event with a record that waits; nothing where none does.
    std::optional<std::int64_t> oldest_seq() const;
    std::size_t size() const { return size_; }
    /// When the next take() gives something; nothing where none waits.
    std::optional<SteadyTime> next_due() const;
    /// Empty, or what is wrong, naming the file.
    std::string trouble() const;

private:
    using Key = std::pair<std::int64_t, std::uint32_t>;
    struct Waiting {
        std::map<Key, DeliveryRecord> records;
        SteadyTime due;
        unsigned failures = 0;
        std::string trouble;
    };
    std::map<std::uint32_t, Waiting> segments_;
    std::map<std::uint32_t, std::string> damaged_;  ///< segments whose records are given up
    std::uint32_t taken_ = 0;
    std::size_t size_ = 0;
};

}  // namespace millrace::broker
