// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace millrace::configurator {

/// The keys that the VM's screen knows.
enum class FunctionKey { f2, f12 };

/// The first of them in what a keyboard has sent; the Linux console (console_codes(4)), xterm and
/// VT220 each have their own codes.
std::optional<FunctionKey> function_key_in(std::string_view typed);

}  // namespace millrace::configurator
