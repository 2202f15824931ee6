// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "common/base/json.hpp"
#include "common/base/result.hpp"
#include "configurator/form/property.hpp"

namespace millrace::configurator {

/// Of what was given, "values" by key, nothing secret, and "secretsSet": the keys of secrets.
Json values_view(PropertyTexts const& given);

/// The form for a person (api/openapi.yaml, Form): what can be given, and what was. Of a secret
/// only whether there is one. `status`: of it faults and notes.
Json form_view(std::optional<PropertyTexts> const& given, Json const& status);

/// `status` for who has not shown the set-up code: no value of the form, and nothing a program
/// said.
Json public_status(Json const& status);

}  // namespace millrace::configurator
