// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/base/http_message.hpp"
#include "common/event/cloud_event.hpp"

namespace millrace {

/// How events stand in an HTTP message (CloudEvents HTTP protocol binding 1.0, section 3).
enum class ContentMode { binary, structured, batch, none };

/// By Content-Type: application/cloudevents+json, application/cloudevents-batch+json; binary
/// where a ce-specversion header is there; else none.
ContentMode content_mode(Headers const& headers);

/// Reads the events of a request or response: one, or several in batch mode (at most `events_max`).
/// Errors: `invalid` with all faults in one sentence list; `too_large` for a longer batch;
/// `unsupported` for a Content-Encoding, and for a CloudEvents format that is not JSON.
Result<std::vector<CloudEvent>> read_events(
    Headers const& headers, std::string_view body, std::size_t events_max);

/// ce-* headers with percent-encoding per section 3.1.3.2 (space, quote, percent, outside
/// U+0021..U+007E), and Content-Type from datacontenttype. The body is `event.data`.
Headers binary_headers(CloudEvent const& event);

/// The header value encoding of section 3.1.3.2, appended to `to`.
void append_header_value(std::string& to, std::string_view value);

inline constexpr std::string_view structured_type = "application/cloudevents+json";
inline constexpr std::string_view batch_type = "application/cloudevents-batch+json";

}  // namespace millrace
