// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "common/base/clock.hpp"
#include "router/vim_types.hpp"

namespace millrace::router {

/// What every event of one source has in common.
struct EventFormat {
    /// `source` attribute: "https://<vcenter>/sdk", the port kept, no user.
    std::string source;
    std::string api_version;  ///< `vsphereapiversion`, e.g. "8.0.3.0"
    /// "\r\n"-ended header lines in front of the event's own (request line, Host, overrides).
    std::string request_head;
};

/// One event ready to be sent: the HTTP message is request_head + header + body.
struct OutboundEvent {
    std::int32_t key = 0;
    SystemTime created;
    /// Hash of the entity: events of one entity are delivered one after the other.
    std::uint64_t entity = 0;
    std::uint32_t header_bytes = 0;  ///< length of the header part of `message`
    std::string message;             ///< the whole HTTP request
};

/// Converts one event element of a page into the CloudEvent of format veba-0.8 as a binary-mode
/// HTTP request (research: VEBA 0.8's contract): type com.vmware.vsphere.<Class|eventTypeId>.v0,
/// id = key, time = createdTime, JSON data in govmomi's shape; additive: subject = class,
/// extensions vmname, hostname, clustername, datacentername, username and `partitionkey`, the
/// CloudEvents partitioning extension: the moref of the entity the event is about.
/// Unknown classes are converted by their form. Errors: none; a missing key or time reads as 0.
OutboundEvent to_outbound_event(
    pugi::xml_node event, VimTypes const& types, EventFormat const& format);

}  // namespace millrace::router
