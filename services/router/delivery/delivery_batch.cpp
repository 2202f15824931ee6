// SPDX-License-Identifier: Apache-2.0
#include "router/delivery/delivery_batch.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "common/event/http_binding.hpp"

namespace millrace::router {

std::size_t events_of_next_request(
    std::deque<Waiting> const& queue, bool sink_takes_batches, BatchLimits const& limits) {
    MILLRACE_ASSERT(!queue.empty());
    if (!sink_takes_batches)
        return 1;
    std::size_t count = 0;
    std::size_t bytes = 0;
    for (Waiting const& waiting : queue) {
        bytes += waiting.event.message.size();
        bool const fits = count < limits.events && bytes <= limits.bytes;
        if (waiting.event.encoding != EventEncoding::json || !fits)
            break;
        ++count;
    }
    return std::max<std::size_t>(count, 1);
}

std::string request_of(std::deque<Waiting> const& queue, std::size_t count, std::string_view head) {
    constexpr std::size_t framing_bytes = 128;
    std::size_t const separators = count - 1;
    std::size_t length = count == 1 ? 0 : 2 + separators;
    for (std::size_t i = 0; i < count; ++i)
        length += queue[i].event.message.size();
    std::string request;
    request.reserve(head.size() + framing_bytes + length);
    request += head;
    request += "Content-Type: ";
    request += count == 1 ? structured_type : batch_type;
    request += "\r\nContent-Length: ";
    request += std::to_string(length);
    request += "\r\n\r\n";
    if (count == 1)
        return request += queue.front().event.message;
    for (std::size_t i = 0; i < count; ++i) {
        request += i == 0 ? '[' : ',';
        request += queue[i].event.message;
    }
    return request += ']';
}

bool announces_batches(std::string_view accept_post) {
    return accept_post.contains(batch_type);
}

}  // namespace millrace::router
