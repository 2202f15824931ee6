// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/base/json.hpp"

namespace millrace::configurator {

/// What the VM's screen shows.
struct ScreenFacts {
    std::string version;
    std::string host_name;
    std::vector<std::string> addresses;  ///< by which the machine is reached
    bool has_web_page = false;           ///< somebody listens on port 443
    std::string setup_code;              ///< what the web page asks for before set-up, or ""
    std::string fingerprint;             ///< SHA-256 of the web page's certificate, or ""
    Json status;                         ///< status_json's, or null where nothing is told yet
};

/// The size of a text terminal.
struct ScreenSize {
    std::size_t columns = 80;
    std::size_t rows = 25;
};

/// The lines of the screen, `rows` of them, none longer than `columns` characters; what has no
/// place is counted in the last line of its part. Of what is wrong as much is shown as there is
/// room for, before anything else. Plain ASCII or UTF-8, without control characters, whatever the
/// facts have.
std::vector<std::string> screen_text(ScreenFacts const& facts, ScreenSize size);

/// The same as a terminal takes it: from its home position, each line cleared to its end.
std::string screen_frame(std::vector<std::string> const& lines);

}  // namespace millrace::configurator
