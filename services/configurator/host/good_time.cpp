// SPDX-License-Identifier: Apache-2.0
#include "configurator/host/good_time.hpp"

#include "common/net/certificate_authority.hpp"

namespace millrace::configurator {
namespace {

// A certificate begins an hour before it is made: a clock that is set back by less changes nothing.
constexpr seconds late_clock = 1h;

}  // namespace

bool is_valid_at(CertificateFacts const& facts, SystemTime now) {
    return facts.not_before <= now && now < facts.not_after;
}

bool is_in_good_time(CertificateFacts const& facts, seconds life, SystemTime now) {
    if (life == CertificateRequest::endless)
        return facts.not_before <= now && facts.not_after == SystemTime::max();
    return is_valid_at(facts, now) && facts.not_after > now + life / 3 &&
           facts.not_after <= now + life + late_clock;
}

bool was_clock_set(seconds offset_before, seconds offset_now) {
    seconds const apart =
        offset_before < offset_now ? offset_now - offset_before : offset_before - offset_now;
    return apart >= 1min;
}

}  // namespace millrace::configurator
