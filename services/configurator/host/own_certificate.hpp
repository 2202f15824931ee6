// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "common/net/certificate_authority.hpp"

namespace millrace::configurator {

/// What a certificate says that this appliance has made for itself, asked for once more; nothing
/// for one of somebody else.
std::optional<CertificateRequest> own_again(std::string const& certificate_pem, seconds life);

}  // namespace millrace::configurator
