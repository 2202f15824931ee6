// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "common/net/sse.hpp"
#include "console/feed/event_window.hpp"
#include "console/feed/stream_wish.hpp"

namespace millrace::console {

/// One browser tab that listens: what it wants of the news, at most 50 events a second, the rest
/// counted. Time is handed in.
class Tab {
public:
    Tab(asio::any_io_executor executor, StreamWish wish);

    StreamWish const& wish() const { return wish_; }

    /// What came since its `since`, or that it has to read the history. `window` says what is held.
    void fill_up(EventWindow const& window);
    void event(std::int64_t seq, Json const& row, std::string const& formatted, SteadyTime now);
    /// `row`: the event's row; nullptr where it is not held.
    void delivery(std::int64_t seq, Json const* row, std::string const& formatted);
    /// Anything for those who listen to events: dropped, resync.
    void about_events(std::string const& formatted);
    void push(std::string formatted) { queue_.push(std::move(formatted)); }
    /// Tells how many events were left out in a second that is over.
    void tell_left_out(SteadyTime now);
    /// Says why and ends the stream.
    void end(std::string_view code);

    /// Writes what comes until the peer goes or the stream ends; asks `alive` each second.
    Task<void> run(BodyWriter& writer, std::function<bool()> alive);

private:
    Task<void> look_each_second(std::function<bool()> alive);

    StreamWish wish_;
    SseQueue queue_;
    TaskGroup tasks_;
    SteadyTime second_;
    std::size_t in_second_ = 0;
    std::size_t left_out_ = 0;
};

}  // namespace millrace::console
