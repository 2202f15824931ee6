// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/base/json.hpp"
#include "common/event/cloud_event.hpp"

namespace millrace {

/// CloudEvents JSON format 1.0: JSON data stands as `data`, text as a string, other bytes as
/// `data_base64`. Data that is called JSON and does not parse is given as a string; without a type,
/// where the format implies JSON, as `data_base64`.
Json to_json(CloudEvent const& event);

/// The same as text, in which JSON data stands as it came: numbers keep their digits.
std::string json_text(CloudEvent event);

/// One event. JSON data keeps its bytes as they stand in `text`, and where it has no
/// datacontenttype it gets the application/json that the format implies. Errors: `invalid`, naming
/// every fault.
Result<CloudEvent> event_from_json(std::string_view text);

/// The events of a batch (JSON batch format 1.0), `events_max` at most. Errors: `invalid`, naming
/// every fault of every event; `too_large` for a longer one.
Result<std::vector<CloudEvent>> events_from_json(std::string_view text, std::size_t events_max);

}  // namespace millrace
