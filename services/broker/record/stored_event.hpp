// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "broker/record/trigger_set.hpp"
#include "common/base/clock.hpp"
#include "common/event/cloud_event.hpp"

namespace millrace::broker {

/// An event as the broker keeps it. Not changed once it has its sequence number.
struct StoredEvent {
    std::int64_t seq = 0;  ///< position in the log; 0: not stored yet
    std::string broker;    ///< "namespace/name"
    SystemTime received_at;
    int ttl = 0;              ///< what its replies start from
    std::string traceparent;  ///< W3C Trace Context headers as received
    std::string tracestate;
    CloudEvent event;                        ///< without knativebrokerttl
    std::uint64_t lane = 0;                  ///< lane_of(event)
    std::string summary;                     ///< see summary_of
    TriggerSetRef asked;                     ///< the triggers that were asked about it
    std::vector<TriggerVersionRef> matches;  ///< those of them that said yes, by number
    std::size_t memory_bytes = 0;            ///< memory_of(*this) when it was complete
};
using StoredEventRef = std::shared_ptr<StoredEvent const>;

/// 0 for an event without the `partitionkey` extension (CloudEvents partitioning), else a number
/// that is the same for the same (source, partitionkey).
std::uint64_t lane_of(CloudEvent const& event);

/// Attributes without a column of their own, and trace context, as one blob.
std::string encode_attributes(StoredEvent const& event);
/// Puts them back. False if the bytes are malformed.
bool decode_attributes(std::string_view bytes, StoredEvent& to);

/// About how much memory the event takes, every text of it counted.
std::size_t memory_of(StoredEvent const& event);

}  // namespace millrace::broker
