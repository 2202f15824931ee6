// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "common/service/folder_lock.hpp"

namespace millrace {

/// As whom a process holds leases.
struct LeaseHolder {
    std::string identity;
    std::optional<FolderLock> lock;  ///< keeps the identity to this process
};

/// The host (in a cluster, the pod), as client-go begins holders' names, and what `folder` keeps:
/// who is started again on the same host with the same folder is the same holder, and need not wait
/// for a lease that it held when it was killed. While another process holds the folder, or where it
/// cannot be written, the identity is a new one. Throws StartupError without a host's name.
LeaseHolder find_lease_holder(std::filesystem::path const& folder);

}  // namespace millrace
