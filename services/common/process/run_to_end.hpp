// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/clock.hpp"
#include "common/base/secret.hpp"
#include "common/process/spawn.hpp"

namespace millrace {

/// What became of a program.
struct ProgramEnd {
    int status = 0;      ///< as waitpid gives it
    std::string output;  ///< what it printed, errors too: the first 256 KiB
    bool is_well() const { return status == 0; }
};

/// Runs a program to its end and blocks meanwhile: for a start and for tools, not where something
/// is served. Its descriptors are set here; what it reads is `input`, which never touches a disk.
/// Errors: those of spawn_child; `timed_out` when it was
/// not done within `limit` and is killed, with all it started.
Result<ProgramEnd> run_to_end(
    ChildCommand command, nanoseconds limit, Secret const& input = Secret());

}  // namespace millrace
