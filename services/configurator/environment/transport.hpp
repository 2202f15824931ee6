// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/result.hpp"

namespace millrace::configurator {

/// Where an OVF environment may be, in this order; "" or nothing leaves one out.
struct Transports {
    std::string file;                    ///< given by a person: it is an error where it is missing
    std::vector<std::string> guestinfo;  ///< the program that asks VMware Tools for it
    std::string disc;                    ///< a CD drive
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

}  // namespace millrace::configurator
