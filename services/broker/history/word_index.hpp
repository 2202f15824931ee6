// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "broker/history/index_troubles.hpp"
#include "broker/log/segment.hpp"
#include "common/base/clock.hpp"

namespace millrace::broker {

struct WordIndexerOptions {
    milliseconds patience = 500ms;  ///< how long a few events wait for company
    milliseconds first_pause = 5s;  ///< after a failure; doubled with each
    milliseconds longest_pause = 60s;
};

/// Builds the full-text index of each segment in a file beside it, on a thread of its own: storing
/// an event never waits for it, and it can be deleted and made again. Searches scan what is newer
/// than the index, at most a second's or 4,000 events' worth unless events come faster than it can
/// follow, and what it could not index.
///
/// A damaged index is made again. A damaged segment is indexed up to the damage, told, and left
/// alone; what else fails is told and tried again, later and later. Neither holds up the others.
class WordIndexer {
public:
    /// `directory` outlives it.
    explicit WordIndexer(SegmentDirectory const& directory, WordIndexerOptions options = {});
    ~WordIndexer();

    /// There are `count` new events. Any thread.
    void added(std::size_t count);
    void stop();
    /// Empty, or why a segment cannot be indexed. Any thread.
    std::string trouble() const;

private:
    /// What is read.
    struct Events {
        Database database;
        Statement read;
    };
    /// What is written.
    struct Index {
        Database database;
        Statement insert;
        Statement note;
        std::int64_t indexed_to = 0;
    };
    /// The index of one segment, as its builder sees it.
    struct Open {
        SegmentInfo info;
        Events events;
        Index index;
    };
    void run();
    bool wait_for_work();
    bool is_stopping() const;
    /// One pass over all segments.
    void catch_up();
    /// `last_seq`: of a segment that gets no more events; 0: of the newest.
    void index_or_tell(SegmentInfo const& info, std::int64_t last_seq);
    /// Errors: `damaged`: the index is; `storage`. What is wrong with the events is a trouble, no
    /// error.
    Result<void> index_segment(SegmentInfo const& info, std::int64_t last_seq);
    Result<void> open(SegmentInfo const& info);
    static Result<Events> open_events(SegmentInfo const& info);
    static Result<Index> open_index(SegmentInfo const& info);
    /// How many. Where the segment cannot be read on, that is told, and nothing is open any more.
    Result<std::size_t> index_some();
    Result<void> complete();
    /// What is open is closed.
    void tell(SegmentInfo info, Error const& error);

    SegmentDirectory const& directory_;
    WordIndexerOptions const options_;
    std::optional<Open> open_;
    std::set<std::uint32_t> complete_;  ///< segments that need nothing more
    IndexTroubles troubles_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::size_t waiting_ = 1;  ///< begins with a pass over what is there
    bool stopping_ = false;
    std::string trouble_;  ///< what troubles_ says, for other threads
    std::thread thread_;
};

}  // namespace millrace::broker
