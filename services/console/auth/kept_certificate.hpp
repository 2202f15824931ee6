// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/base/clock.hpp"
#include "common/net/tls.hpp"

namespace millrace::console {

/// The self-signed certificate for `names`, kept in `folder` (certificate.json, 0600), so that a
/// browser that trusts it once trusts it again after a restart. Made anew where there is none, 30
/// days before its year is over, where a clock that was ahead has made it, and when the names are
/// others. Errors: `storage` for a file that
/// cannot be read or written, `invalid` for one that is damaged, with what to do about it.
Result<CertificateText> keep_certificate(
    std::filesystem::path const& folder, std::vector<std::string> names, SystemTime now);

}  // namespace millrace::console
