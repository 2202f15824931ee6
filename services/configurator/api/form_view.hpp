// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "common/base/json.hpp"
#include "common/base/result.hpp"
#include "configurator/form/property.hpp"

namespace millrace::configurator {

/// The form for a person (api/openapi.yaml, Form): what can be given, and what was. Of a secret
/// only whether there is one. `status`: of it faults and notes.
Json form_view(std::optional<PropertyTexts> const& given, Json const& status);

/// `given` with the values of a request's {"values": {KEY: TEXT}}: those that it leaves out stay as
/// they are. Faults: what is no text, or no property, by its key.
Checked<PropertyTexts> with_values(std::optional<PropertyTexts> const& given, Json const& body);

/// `status` for who has not shown the set-up code: no value of the form, and nothing a program
/// said.
Json public_status(Json const& status);

}  // namespace millrace::configurator
