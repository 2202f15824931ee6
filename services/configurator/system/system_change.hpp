// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/json.hpp"
#include "configurator/form/settings.hpp"
#include "configurator/state/before_change.hpp"
#include "configurator/system/trial.hpp"

namespace millrace::configurator {

/// The groups of the form whose values a running appliance takes (form_document's "groups").
Json const& system_groups();

/// What is to become of a running appliance.
struct SystemChange {
    PropertyTexts form;       ///< with what was changed, and nothing secret
    std::vector<Step> apply;  ///< only those that make a difference; none: there is nothing to do
    Confirmation confirmation = Confirmation::needed;
};

/// Of `form`, which has no secret, with the values of a request's {"values": {KEY: TEXT}}.
/// Passwords come alone: what was before them is not known any more, so that they cannot be on
/// trial. Faults: all, by key.
Checked<SystemChange> change_of(PropertyTexts const& form, Json const& body, SystemTime now);

/// Of a copy of another machine, whose `form` is that one's: what the form that the VM has been
/// `given` says otherwise, passwords excepted, which may have been changed since then. Nobody has
/// to confirm it. Faults: all, by key.
Checked<SystemChange> change_of_copy(
    PropertyTexts const& form, PropertyTexts const& given, SystemTime now);

/// The web page's own certificate anew. Errors: `conflict` where it has another one.
Result<SystemChange> certificate_renewal(PropertyTexts const& form, SystemTime now);

/// Files that these steps change and no form can bring back: certificate and key of the web page.
std::vector<std::string> kept_paths(std::set<std::string> const& steps);

/// What brings it back. A form that an older version took and this one refuses is an error.
Result<std::vector<Step>> undo_steps(BeforeChange const& before, SystemTime now);

}  // namespace millrace::configurator
