// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <csignal>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/file.hpp"
#include "common/base/secret.hpp"
#include "common/process/file_sandbox.hpp"

namespace millrace {

/// Bounds the kernel keeps (setrlimit(2)); what is absent stays as ours is. With any of them a
/// child also writes no core file and can gain no rights by what it starts (no_new_privs).
struct ChildLimits {
    std::optional<rlim_t> memory_bytes;     ///< RLIMIT_DATA
    std::optional<rlim_t> open_files;       ///< RLIMIT_NOFILE
    std::optional<rlim_t> file_bytes;       ///< RLIMIT_FSIZE
    std::optional<rlim_t> threads_of_user;  ///< RLIMIT_NPROC: of all the user runs, not of this
};

/// What to start and how.
struct ChildCommand {
    std::vector<std::string> arguments;  ///< the program's path first
    /// The whole environment; absent: ours.
    std::optional<std::map<std::string, Secret>> environment;
    std::string folder;  ///< working directory; empty: ours
    /// Become 0, 1, 2, ... of the child, at most 8; it gets no other. Empty: it gets our 0 to 2.
    std::vector<int> descriptors;
    /// A session of its own, so that kill(-pid) reaches all it starts; else a process group of its
    /// own. In both, Ctrl-C at the terminal reaches only us.
    bool own_session = false;
    int signal_at_our_death = SIGKILL;
    ChildLimits limits;
    /// What it sees of the file system; outlives the call. Absent: all.
    FileSandbox const* sandbox = nullptr;
};

/// Starts a child and returns once its program runs. Whoever calls this reaps it (ChildProcess
/// does). Errors: `unavailable` with the program and the system's reason, also when the program
/// cannot be executed.
Result<pid_t> spawn_child(ChildCommand const& command);

/// "ended with status 1", "was killed by signal 9": of a status as waitpid gives it.
std::string describe_wait_status(int status);

}  // namespace millrace
