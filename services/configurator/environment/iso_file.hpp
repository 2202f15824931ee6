// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "common/base/result.hpp"

namespace millrace::configurator {

/// The OVF environment on a CD (DSP0243 2.1, 11.2: ovf-env.xml at its root), read without mounting
/// it: ISO 9660 names and Joliet's. Nothing where there is no disc, it is none of these, or it has
/// no such file. Errors: a device or an image that cannot be read, or is damaged.
Result<std::optional<std::string>> read_environment_disc(std::filesystem::path const& device);

}  // namespace millrace::configurator
