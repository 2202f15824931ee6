// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/json.hpp"
#include "common/event/cloud_event.hpp"

namespace millrace {

/// CloudEvents JSON format 1.0: JSON data stands as `data`, text as a string, other bytes as
/// `data_base64`. JSON data that does not parse is given as a string.
Json to_json(CloudEvent const& event);

/// Errors: `invalid`, naming every fault.
Result<CloudEvent> event_from_json(Json const& value);

}  // namespace millrace
