// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>

#include "broker/log/segment.hpp"
#include "common/base/clock.hpp"

namespace millrace::broker {

/// Builds the full-text index of each segment in a file beside it, on a thread of its own: storing
/// an event never waits for it, and it can be deleted and made again. Searches scan what is newer
/// than the index, at most a second's or 4,000 events' worth unless events come faster than it can
/// follow.
class WordIndexer {
public:
    /// `directory` outlives it.
    explicit WordIndexer(SegmentDirectory const& directory);
    ~WordIndexer();

    /// There are `count` new events. Any thread.
    void added(std::size_t count);
    void stop();

private:
    /// The index of one segment, as its builder sees it.
    struct Open {
        SegmentInfo info;
        Database events;
        Database index;
        Statement read;
        Statement insert;
        Statement note;
        std::int64_t indexed_to = 0;
    };
    void run();
    bool wait_for_work();
    /// One pass over all segments. Errors: `storage`; tried again after a pause.
    Result<void> catch_up();
    Result<void> index_segment(SegmentInfo const& info, std::int64_t last_seq);
    Result<void> open(SegmentInfo const& info);
    Result<std::size_t> index_some();
    Result<void> complete();

    SegmentDirectory const& directory_;
    std::optional<Open> open_;
    std::uint32_t complete_to_ = 0;  ///< segments up to this number need nothing more
    std::mutex mutex_;
    std::condition_variable wake_;
    std::size_t waiting_ = 1;  ///< begins with a pass over what is there
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace millrace::broker
