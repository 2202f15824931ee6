// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "common/base/clock.hpp"
#include "common/base/json.hpp"
#include "common/event/cloud_event.hpp"

namespace millrace::runner {

/// A frame is one line of JSON; longer ones end the worker.
inline constexpr std::size_t frame_bytes_max = 8 << 20;

/// {"id":N,"kind":K,"event":{...,"data":D}} and a newline. K says what D is: "json": the event's
/// JSON data as it came (only line ends between its parts become spaces, so numbers keep their
/// digits); "text": a JSON string; "base64": a JSON string in a member data_base64; "none": there
/// is no data. D stands last, so that a worker without a JSON parser can cut it out. With a limit
/// there is "limitMs":L, rounded up: how long the handler may take, for a worker that stops it.
/// A worker with lanes has several requests at once, and answers in any order.
std::string encode_request(
    std::uint64_t id, CloudEvent const& event, std::optional<nanoseconds> limit = {});

/// What a worker says.
struct WorkerFrame {
    enum class Kind {
        ready,
        not_ready,
        ok,
        error,
        retry,
        stopped,  ///< the worker has stopped the handler at its limit, and can go on
        log,      ///< a line printed while the request `id` was handled; 0: none was
    };
    Kind kind = Kind::error;
    std::uint64_t id = 0;
    std::string error;             ///< of not_ready, error, retry and, by Instance, stopped
    bool stops = false;            ///< of ready: it stops a handler at its limit by itself
    std::size_t lanes = 1;         ///< of ready: requests that it handles at once
    bool is_error_output = false;  ///< of log
    std::string text;              ///< of log
    seconds retry_after{0};
    bool has_reply = false;
    CloudEvent reply;
};

/// Reads a line. A reply without id, source or time gets them: a new id, `default_source`, now; its
/// data keeps its bytes. Errors: `invalid`, telling what is wrong with the line or the reply.
Result<WorkerFrame> decode_frame(std::string_view line, std::string const& default_source);

}  // namespace millrace::runner
