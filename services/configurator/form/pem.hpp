// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::configurator {

/// One block of RFC 7468.
struct PemBlock {
    std::string label;   ///< "CERTIFICATE"
    std::string base64;  ///< without white space

    /// With lines of 64 characters.
    std::string text() const;
};

/// The blocks of a text that is PEM, or PEM in base64. A form's single line loses line breaks, so
/// that white space counts nowhere but in the markers. The error is what is wrong, a sentence
/// without any of the text.
std::expected<std::vector<PemBlock>, std::string> read_pem(std::string_view text);

}  // namespace millrace::configurator
