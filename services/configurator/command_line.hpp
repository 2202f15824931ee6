// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>

#include "common/base/flags.hpp"
#include "configurator/environment/transport.hpp"
#include "configurator/form/settings.hpp"

namespace millrace::configurator {

/// Exit codes.
enum Exit : int {
    well = 0,
    step_failed = 1,     ///< one of a command that performs steps
    bad_input = 2,       ///< of the command line, or a form with faults
    no_environment = 3,  ///< there is no form to read
    unchanged = 4,       ///< of a change: it is so already
};

/// Whether a command takes words that are no flags.
enum class Arguments { none, allowed };

/// Reads the flags of a command; the exit code where they end the program.
std::expected<FlagValues, int> read_flags(
    std::string_view command, std::vector<std::string> const& words, std::vector<Flag> const& flags,
    Arguments arguments = Arguments::none);

/// The flags of check and plan, of serve, of system and of screen.
std::vector<Flag> form_flags();
std::vector<Flag> serve_flags();
std::vector<Flag> system_flags();
std::vector<Flag> screen_flags();

/// Where the flags say that the form is.
Transports transports_of(FlagValues const& flags);

/// Prints a sentence to standard error. Returns bad_input.
int complain(std::string const& sentence);

/// Reads the form's settings; prints notes and faults to standard error.
ReadSettings read_and_print(PropertyTexts const& form);

}  // namespace millrace::configurator
