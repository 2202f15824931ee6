// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "common/base/clock.hpp"
#include "common/base/secret.hpp"

namespace millrace::configurator {

/// A code of eight characters, none of which is taken for another: "K7QM-3RTX".
std::string make_setup_code();

/// Shows that somebody sees the VM's screen: who has the code may read and change the form. Five
/// wrong ones are free, then each costs a wait that doubles, up to a minute. All who try count
/// together: there are 36 bits to be guessed. Pure.
class SetupCode {
public:
    explicit SetupCode(std::string const& code);

    enum class Verdict { right, wrong, wait };
    /// In letters of any case, with or without what stands between them. `wait`: it was not looked
    /// at, see wait_for().
    Verdict check(std::string_view given, SteadyTime now);
    /// How long nothing is looked at.
    seconds wait_for(SteadyTime now) const;

private:
    Secret code_;
    unsigned failures_ = 0;
    SteadyTime closed_until_;
};

}  // namespace millrace::configurator
