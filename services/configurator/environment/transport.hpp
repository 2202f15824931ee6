// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/result.hpp"

namespace millrace::configurator {

/// Where an OVF environment may be, in this order; "" leaves one out.
struct Transports {
    std::string file;   ///< given by a person: it is an error where it is missing
    std::string tools;  ///< VMware Tools' program, as vmtoolsd takes its words
    std::string disc;   ///< a CD drive
};
/// Those of an appliance.
Transports appliance_transports();

/// An OVF environment document, and where it was.
struct FoundEnvironment {
    std::string place;
    std::string xml;
};

/// The first there is; nothing where there is none. Blocks up to 30 s. Errors: one that is there
/// and cannot be read: it is no absence.
Result<std::optional<FoundEnvironment>> find_environment(Transports const& transports);

/// Takes the environment out of what any process of this machine can ask for: VMware Tools'
/// guestinfo has one without properties then. A file or a disc only root can read stays. Blocks up
/// to 30 s.
Result<void> hide_environment(Transports const& transports, FoundEnvironment const& found);

}  // namespace millrace::configurator
