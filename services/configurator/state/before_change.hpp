// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>

#include "common/base/json.hpp"
#include "configurator/form/property.hpp"
#include "configurator/plan/step.hpp"

namespace millrace::configurator {

/// What was before a change of a running appliance: enough to undo it.
struct BeforeChange {
    PropertyTexts form;           ///< nothing secret
    std::vector<Change> files;    ///< WriteFile or RemoveFile: those that no form can bring back
    std::set<std::string> steps;  ///< ids of what may have been changed
};

/// For the disk: with the content of files, secret or not.
Json to_json(BeforeChange const& before);
/// Nothing where it is none.
std::optional<BeforeChange> before_change_from(Json const& json);

}  // namespace millrace::configurator
