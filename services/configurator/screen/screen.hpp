// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "common/base/result.hpp"
#include "configurator/screen/screen_text.hpp"

namespace millrace::configurator {

/// What the screen shows of this machine now: name and addresses, whether the web page is there,
/// and what the configurator tells in `status_file`.
ScreenFacts look_at_machine(std::filesystem::path const& status_file);

/// Shows it on standard output and draws it anew when it changes: when the configurator tells
/// something, and when an address comes or goes. Rests otherwise. Returns at SIGTERM or SIGINT.
/// Errors: what cannot be watched.
Result<void> show_screen(std::filesystem::path const& status_file);

}  // namespace millrace::configurator
