// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "common/base/clock.hpp"

namespace millrace::router {

/// How an event is written for its sink.
enum class EventEncoding {
    request,  ///< a whole HTTP request in binary mode: any sink of CloudEvents takes it
    json,     ///< the event in CloudEvents' JSON format: several make a batch
};

/// What every event of one source has in common.
struct EventFormat {
    /// `source` attribute: "https://<vcenter>/sdk", the port kept, no user.
    std::string source;
    std::string api_version;  ///< `vsphereapiversion`, e.g. "8.0.3.0"
    /// Request line and Host, each ended by "\r\n": what a request begins with.
    std::string request_head;
    /// Extensions that replace the event's own of the same name (spec.ceOverrides).
    std::map<std::string, std::string> overrides;
    EventEncoding encoding = EventEncoding::request;
};

/// One event ready to be sent.
struct OutboundEvent {
    std::int32_t key = 0;
    SystemTime created;
    /// Hash of the entity: events of one entity are delivered one after the other.
    std::uint64_t entity = 0;
    EventEncoding encoding = EventEncoding::request;
    std::uint32_t header_bytes = 0;  ///< length of what stands before the data in `message`
    std::string message;             ///< as `encoding` says
};

}  // namespace millrace::router
