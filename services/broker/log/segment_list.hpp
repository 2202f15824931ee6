// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "common/base/clock.hpp"
#include "common/base/result.hpp"

namespace millrace::broker {

/// One file of the log. Sequence numbers within one are contiguous; a segment ends where the next
/// begins, but for events that damage has taken (EventLog::damages).
struct SegmentInfo {
    std::uint32_t number = 0;
    std::int64_t first_seq = 1;
    std::filesystem::path file;        ///< events and deliveries
    std::filesystem::path index_file;  ///< the words of its events; can be made again at any time
    nanoseconds closed_at_age{};       ///< on the log's age clock; of the newest segment: 0
};
using SegmentList = std::vector<SegmentInfo>;

/// The segments there are, oldest first, as the writer last published them. Any thread.
class SegmentDirectory {
public:
    std::shared_ptr<SegmentList const> list() const;
    void publish(SegmentList list);

private:
    mutable std::mutex mutex_;
    std::shared_ptr<SegmentList const> list_ = std::make_shared<SegmentList const>();
};

/// `<folder>/000001.db` and `<folder>/000001.idx`.
SegmentInfo segment_info(std::filesystem::path const& folder, std::uint32_t number);
/// The numbers of the segments in `folder`, ascending. Throws StartupError if it cannot be read.
std::vector<std::uint32_t> segment_numbers(std::filesystem::path const& folder);
/// Of all its files, as far as they are there.
std::int64_t bytes_of(SegmentInfo const& info);
void remove_segment_files(SegmentInfo const& info);
/// It holds nothing that cannot be made again. Pre: this thread has it not open.
void remove_index(SegmentInfo const& info);
/// Renames the file and its write-ahead log to "<name>.damaged", so that nothing reads them and
/// nothing is lost that could be saved; the index goes. Errors: `storage`.
Result<std::filesystem::path> set_segment_aside(SegmentInfo const& info);

}  // namespace millrace::broker
