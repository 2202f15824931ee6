// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "common/base/result.hpp"
#include "configurator/screen/screen_text.hpp"

namespace millrace::configurator {

/// The files that the screen shows something of.
struct ScreenFiles {
    std::filesystem::path status;       ///< what the configurator tells
    std::filesystem::path code;         ///< the set-up code, where one is asked for
    std::filesystem::path certificate;  ///< what the web page is served with
};

/// What the screen shows of this machine now: name and addresses, whether the web page is there,
/// and what the files have.
ScreenFacts look_at_machine(ScreenFiles const& files);

/// Shows it on standard output and draws it anew when it changes: when the configurator tells
/// something, and when an address comes or goes. Looks each second for a minute after a change,
/// since nobody says that a web page has come or gone; rests otherwise. Returns at SIGTERM or
/// SIGINT. Errors: what cannot be watched.
Result<void> show_screen(ScreenFiles const& files);

}  // namespace millrace::configurator
