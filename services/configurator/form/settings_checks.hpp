// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/clock.hpp"
#include "configurator/form/checked_values.hpp"

namespace millrace::configurator {

/// What is wrong with several values together, each told at the property that is to be changed:
/// addresses and networks that do not fit each other.
void check_networks(CheckedValues& values);

/// A proxy's user without a proxy; Horizon's user with its domain.
void check_names(CheckedValues& values);

/// A key that does not fit its certificate, certificates that are damaged, over or not begun as of
/// `now`. An appliance whose clock is years off still boots: dates are notes, not faults.
void check_certificates(CheckedValues& values, SystemTime now);

}  // namespace millrace::configurator
