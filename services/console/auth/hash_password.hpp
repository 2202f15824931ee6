// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace millrace::console {

/// The command `hash-password --user NAME --into FILE`: reads a password, of any characters up to
/// the end of input, and writes the file for --password-file, 0600. The exit code: 0; 2 for bad
/// input; 1 where the file cannot be written.
int run_hash_password(std::vector<std::string> const& words);

}  // namespace millrace::console
