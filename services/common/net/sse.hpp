// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "common/net/http_server.hpp"
#include "common/net/task_group.hpp"

namespace millrace {

/// One server-sent event as bytes; line ends in `data`, of any of the three kinds, become several
/// data lines (WHATWG HTML 9.2).
std::string format_sse(std::string_view event, std::string_view data, std::string_view id = {});

/// The headers of a stream of server-sent events, for a browser and what stands before it.
HttpAnswer sse_answer();

/// Bounded queue between a publisher and one slow reader: when full, the oldest are dropped and
/// counted, and the reader is told by `event: dropped {"n":N}` (fault F42).
class SseQueue {
public:
    SseQueue(asio::any_io_executor executor, std::size_t items_max);

    void push(std::string formatted);
    /// Writes what comes until the peer goes, finish() is called or the task is stopped; ": ping"
    /// every 15 s of silence.
    Task<void> run(BodyWriter& writer);
    /// As run; then stops `tasks`, which feed it, however it has ended: also by the exception of a
    /// connection that is cancelled in the middle of a write, which goes on.
    Task<void> run_fed_by(TaskGroup& tasks, BodyWriter& writer);
    /// Ends run() after what is queued has been written.
    void finish();

private:
    std::size_t items_max_;
    std::deque<std::string> items_;
    std::uint64_t dropped_ = 0;
    bool finished_ = false;
    asio::steady_timer ready_;
};

/// Fans out to the queues of all connected readers.
class SseHub {
public:
    explicit SseHub(asio::any_io_executor executor) : executor_(std::move(executor)) {}

    /// A reader's stream; it hears what is published from now on. `wanted` decides per item by its
    /// `topic`. `first` is sent before anything else (history back-fill).
    HttpAnswer subscribe(std::function<bool(std::string_view topic)> wanted, std::string first);
    void publish(std::string_view topic, std::string const& formatted);
    std::size_t readers() const { return readers_.size(); }

private:
    struct Reader {
        std::function<bool(std::string_view)> wanted;
        SseQueue queue;
    };
    asio::any_io_executor executor_;
    /// Owned by the answers' streams; those that ended are dropped at the next publish.
    std::list<std::weak_ptr<Reader>> readers_;
};

}  // namespace millrace
