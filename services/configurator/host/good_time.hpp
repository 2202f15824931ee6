// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/net/certificate.hpp"

namespace millrace::configurator {

/// Whether a certificate that is to have `life` can stay by what the clock says now: it is valid,
/// more than a third of that life is before it, and not more than one that is made now would have.
/// What a clock that was years ahead has made is made anew so, and so is what was made when the
/// life was another. With CertificateRequest::endless: it has no end.
bool is_in_good_time(CertificateFacts const& facts, seconds life, SystemTime now);

/// Whether it is valid.
bool is_valid_at(CertificateFacts const& facts, SystemTime now);

/// Whether somebody has set the clock between two looks at how far it is from the time since the
/// machine's start. NTP makes both of them slower or faster together; less than a minute hurts
/// nobody.
bool was_clock_set(seconds offset_before, seconds offset_now);

}  // namespace millrace::configurator
