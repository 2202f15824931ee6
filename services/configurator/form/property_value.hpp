// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "configurator/form/property.hpp"

namespace millrace::configurator {

/// The one spelling of a value that was given as `text`, e.g. "true" for "True", "24" for
/// "24 (255.255.255.0)", addresses as RFC 5952 has them, each member of a list on a
/// line of its own, base64 of PEM as the PEM itself. White space around a value and quotes around
/// all of it are not part of it, unless it is a password. The error is what is wrong with it, a
/// sentence that ends with the remedy and has no secret in it. Pre: `text` is not empty.
std::expected<std::string, std::string> read_value(Property const& property, std::string_view text);

/// `text` as read_value looks at it.
std::string_view bare_text(Property const& property, std::string_view text);

/// The members of a list that read_value gave.
std::vector<std::string> list_members(std::string_view spelling);

}  // namespace millrace::configurator
