// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/up_plan.hpp"
#include "common/base/secret.hpp"
#include "common/kube/resource_store.hpp"

namespace millrace::cli {

/// What the source turned out to be once it runs.
struct SourceAddress {
    std::string url;  ///< ".../sdk"
    std::string user;
    Secret password;
    std::string authorities_pem;
    bool verify_tls = true;
    std::string operations_url;  ///< of the simulated vRealize Operations; empty: none
    std::string operations_user;
};

/// Puts the Broker and the source into the store; at the first start also the functions echo and,
/// with the simulator, host-maintenance with its Secret, so that there is something to see.
/// The source of another mode is removed. Errors: `storage`, and recipes that cannot be read.
Task<Result<void>> apply_objects(
    ResourceStore& store, UpOptions const& options, SourceAddress const& source);

}  // namespace millrace::cli
