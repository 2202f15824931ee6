// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/json.hpp"
#include "common/base/result.hpp"
#include "configurator/form/property.hpp"

namespace millrace::configurator {

/// `given` with the values of a request's {"values": {KEY: TEXT}}: those that it leaves out stay as
/// they are. Faults: what is no text, or no property, by its key.
Checked<PropertyTexts> with_values(PropertyTexts const& given, Json const& body);

/// `given` without what is secret.
PropertyTexts without_secrets(PropertyTexts given);

}  // namespace millrace::configurator
