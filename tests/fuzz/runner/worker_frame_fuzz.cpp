// SPDX-License-Identifier: Apache-2.0
// A line a worker says: its handler is somebody's code.
#include "common/event/http_binding.hpp"
#include "runner/worker/worker_protocol.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace millrace::fuzz {

void take(std::string_view bytes) {
    auto const frame = runner::decode_frame(bytes, "/functions/default/f");
    if (!frame || !frame->has_reply)
        return;
    // A reply is posted to the broker: it has to be an event.
    FUZZ_HOLDS(check(frame->reply).empty());
    auto const again = read_events(binary_headers(frame->reply), frame->reply.data, 1);
    FUZZ_HOLDS(again.has_value());
}

}  // namespace millrace::fuzz
