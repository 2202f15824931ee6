// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "common/base/clock.hpp"
#include "router/checkpoint/data_folder.hpp"
#include "router/delivery/outbound_event.hpp"

namespace millrace::router {

/// Why the sink did not get an event.
struct Refusal {
    SystemTime at;
    int status = 0;  ///< of the last answer; 0: there was none
    std::string_view reason;
};

/// The events the sink refused for good, one JSON line each, in "dead-letters.jsonl". At 64 MiB the
/// file is moved to "dead-letters.jsonl.1".
class DeadLetterFile {
public:
    /// `folder` outlives it. Nothing is opened before the first dead letter.
    explicit DeadLetterFile(DataFolder& folder) : folder_(folder) {}

    /// Appends and syncs: only then may the event count as settled. Blocks. Errors: `storage`.
    Result<void> append(OutboundEvent const& event, Refusal const& refusal);

private:
    Result<void> open();
    Result<void> turn_over();

    DataFolder& folder_;
    std::unique_ptr<DataFile> file_;
    std::uint64_t end_ = 0;     ///< of the last whole line
    bool may_be_torn_ = false;  ///< what stands before the end was written by another process
};

}  // namespace millrace::router
