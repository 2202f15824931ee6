// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "common/base/clock.hpp"
#include "common/base/result.hpp"

namespace millrace::broker {

/// Which segments cannot be indexed, why, and when each is tried again: later and later where the
/// disk may be well next time, never where a file is damaged. Pure.
class IndexTroubles {
public:
    IndexTroubles(milliseconds first_pause, milliseconds longest_pause)
        : first_pause_(first_pause),
          longest_pause_(longest_pause) {}

    /// Returns whether that is news: another problem than last time.
    bool failed(std::uint32_t segment, Error const& error, SteadyTime now);
    /// Returns whether it had a trouble.
    bool succeeded(std::uint32_t segment) { return troubles_.erase(segment) > 0; }
    /// Segments below `oldest` have been dropped.
    void forget_below(std::uint32_t oldest);

    bool may_try(std::uint32_t segment, SteadyTime now) const;
    /// When the next one may be tried; nothing: none ever.
    std::optional<SteadyTime> next_try() const;
    /// Empty, or the problem of the oldest segment that has one, and how many others have.
    std::string text() const;

private:
    struct Trouble {
        std::string problem;
        unsigned failures = 0;
        std::optional<SteadyTime> next_try;  ///< nothing: it is damaged
    };
    milliseconds first_pause_;
    milliseconds longest_pause_;
    std::map<std::uint32_t, Trouble> troubles_;
};

}  // namespace millrace::broker
