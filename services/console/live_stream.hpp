// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "console/api/api_context.hpp"

namespace millrace::console {

/// What one browser tab wants to hear, from the query of GET /stream.
struct StreamWish {
    bool events = false;
    bool functions = false;
    bool sources = false;
    std::string event_query;  ///< "type=...&subject=...", passed to the broker
    std::string since;        ///< seq; empty: from now
};
/// Nothing if no known topic is asked for.
std::optional<StreamWish> read_stream_wish(HttpRequest const& request);

/// The multiplexed stream of one tab: events as the broker sends them (at most 50 a second, the
/// rest counted), functions and sources whenever they changed, looked at each second.
/// `alive` is asked each second; when false the stream says `end` and closes. `ended` is called
/// once, when the answer has been sent or given up.
HttpAnswer open_live_stream(
    ApiContext& context, StreamWish wish, std::function<bool()> alive, std::function<void()> ended);

}  // namespace millrace::console
