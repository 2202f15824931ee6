// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/base/result.hpp"
#include "configurator/form/property.hpp"

namespace millrace::configurator {

/// vSphere's limit is 64 KiB a property; an environment has some fifty.
inline constexpr std::size_t environment_bytes_max = std::size_t{4} << 20;

/// What an OVF environment document says (DSP8027, DSP0243 2.1, 11): the properties of its own
/// PropertySection whose key begins with "guestinfo.", without that. What stands in an Entity is
/// another machine's and is passed over. Errors: `too_large`; `invalid` for what is no such
/// document, a property without a key or value, or one twice with different values. No message has
/// a value in it.
Result<PropertyTexts> parse_ovf_environment(std::string_view xml);

}  // namespace millrace::configurator
