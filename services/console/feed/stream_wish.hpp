// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/http_message.hpp"
#include "common/base/json.hpp"

namespace millrace::console {

/// What one browser tab wants to hear, from the query of GET /stream.
struct StreamWish {
    bool events = false;
    bool functions = false;
    bool sources = false;
    bool overview = false;
    bool datacentre = false;
    std::optional<std::int64_t>
        seq;              ///< deliveries of this event, whether events are wanted or not
    std::string type;     ///< of events, exact; empty: any
    std::string subject;  ///< of events, exact; empty: any
    std::string source;   ///< of events, exact; empty: any
    std::optional<std::int64_t> since;  ///< seq; nothing: from now

    /// Whether the event of this row is wanted.
    bool wants_event(Json const& row) const;
};

/// Nothing if no known topic is asked for, or `seq` is no number.
std::optional<StreamWish> read_stream_wish(HttpRequest const& request);

}  // namespace millrace::console
