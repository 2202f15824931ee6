// SPDX-License-Identifier: Apache-2.0
#include "common/net/sse.hpp"

namespace millrace {
namespace {

constexpr std::size_t queue_items_max = 1'000;
constexpr milliseconds ping_interval = 15s;

}  // namespace

std::string format_sse(std::string_view event, std::string_view data, std::string_view id) {
    std::string text;
    if (!id.empty())
        text += "id: " + std::string(id) + "\n";
    text += "event: " + std::string(event) + "\n";
    for (;;) {
        auto const end = data.find_first_of("\r\n");
        text += "data: " + std::string(data.substr(0, end)) + "\n";
        if (end == std::string_view::npos)
            return text + "\n";
        data.remove_prefix(end);
        data.remove_prefix(data.starts_with("\r\n") ? 2 : 1);
    }
}

HttpAnswer sse_answer() {
    HttpAnswer answer;
    answer.headers.add("Content-Type", "text/event-stream");
    answer.headers.add("Cache-Control", "no-store");
    answer.headers.add("X-Accel-Buffering", "no");
    return answer;
}

SseQueue::SseQueue(asio::any_io_executor executor, std::size_t items_max)
    : items_max_(items_max),
      ready_(executor) {}

void SseQueue::push(std::string formatted) {
    if (items_.size() == items_max_) {
        items_.pop_front();
        ++dropped_;
    }
    items_.push_back(std::move(formatted));
    ready_.cancel();
}

void SseQueue::finish() {
    finished_ = true;
    ready_.cancel();
}

Task<void> SseQueue::run(BodyWriter& writer) {
    for (;;) {
        std::string text;
        if (dropped_ > 0)
            text = format_sse("dropped", "{\"n\":" + std::to_string(dropped_) + "}");
        dropped_ = 0;
        for (std::string const& item : items_)
            text += item;
        items_.clear();
        if (!text.empty()) {
            if (auto const written = co_await writer.write(text); !written)
                co_return;
            continue;
        }
        if (finished_)
            co_return;
        ready_.expires_after(ping_interval);
        auto const [code] = co_await ready_.async_wait(as_result);
        bool const stopped = (co_await asio::this_coro::cancellation_state).cancelled() !=
                             asio::cancellation_type::none;
        if (stopped)
            co_return;
        if (!code)
            if (auto const written = co_await writer.write(": ping\n\n"); !written)
                co_return;
    }
}

Task<void> SseQueue::run_fed_by(TaskGroup& tasks, BodyWriter& writer) {
    std::exception_ptr failure;
    try {
        co_await run(writer);
    } catch (std::exception const&) {
        failure = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state();
    co_await tasks.stop();
    if (failure)
        std::rethrow_exception(failure);
}

HttpAnswer SseHub::subscribe(
    std::function<bool(std::string_view topic)> wanted, std::string first) {
    HttpAnswer answer = sse_answer();
    auto const reader =
        std::make_shared<Reader>(std::move(wanted), SseQueue(executor_, queue_items_max));
    // An early comment makes proxies and browsers open the stream before the first event.
    reader->queue.push(first.empty() ? ": open\n\n" : std::move(first));
    readers_.push_back(reader);
    answer.stream = [reader](BodyWriter& writer) { return reader->queue.run(writer); };
    return answer;
}

void SseHub::publish(std::string_view topic, std::string const& formatted) {
    for (auto at = readers_.begin(); at != readers_.end();) {
        auto const reader = at->lock();
        if (!reader) {
            at = readers_.erase(at);
            continue;
        }
        if (reader->wanted(topic))
            reader->queue.push(formatted);
        ++at;
    }
}

}  // namespace millrace
