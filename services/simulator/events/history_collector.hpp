// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "simulator/events/event_filter.hpp"
#include "simulator/events/event_store.hpp"

namespace millrace::simulator {

/// An EventHistoryCollector: a cursor over the stored events that match a filter. Pure.
/// Contract: vSphere Web Services API reference, HistoryCollector and EventHistoryCollector.
class HistoryCollector {
public:
    /// `store` outlives this. The cursor stands before the oldest matching event.
    HistoryCollector(EventStore const& store, EventMatcher matcher);

    /// Up to `count` newer events, oldest first; empty at the end, where new ones may appear later.
    std::vector<std::size_t> read_next(std::size_t count);
    /// Up to `count` older events, newest first.
    std::vector<std::size_t> read_previous(std::size_t count);
    void rewind() { position_ = begin_; }
    /// To just before the latest page.
    void reset();
    void set_page_size(std::size_t count) { page_size_ = count; }

    /// The newest matching events, newest first; vSphere promises no order.
    std::vector<std::size_t> latest_page();
    /// Grows with each matching event.
    std::size_t latest_page_version();

    /// From now on answers with empty pages for ever and never changes (fault F9).
    void silence();
    bool with_message() const { return matcher_.filter().with_message; }

private:
    /// Matching events not newer than `before`, newest first.
    std::vector<std::size_t> newest(std::size_t before, std::size_t count);

    EventStore const* store_;
    EventMatcher matcher_;
    std::size_t begin_;
    std::size_t position_;
    std::size_t page_size_;
    std::size_t examined_;
    std::size_t last_match_ = 0;  ///< index + 1 of the newest match among the examined
    std::size_t end_ = SIZE_MAX;  ///< where a silenced collector stops
    bool silent_ = false;
};

}  // namespace millrace::simulator
