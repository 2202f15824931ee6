// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

#include "router/delivery/outbound_event.hpp"

namespace millrace::router {

/// Appends an event the sink refused for good, with its reason, as one JSON line, and syncs it:
/// only then may the event count as settled. The file is moved to "<name>.1" at 64 MiB.
/// Errors: `storage`.
Result<void> append_dead_letter(
    std::filesystem::path const& file, OutboundEvent const& event, int status,
    std::string_view reason);

}  // namespace millrace::router
