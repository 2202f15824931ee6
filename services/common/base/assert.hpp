// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace millrace {

/// Prints the place and aborts. What MILLRACE_ASSERT calls.
[[noreturn]] void assertion_failed(char const* condition, char const* file, int line);

}  // namespace millrace

/// Our own mistake, in release builds too: prints the place and aborts. Not for outside input.
#define MILLRACE_ASSERT(condition)      \
    ((condition) ? static_cast<void>(0) \
                 : ::millrace::assertion_failed(#condition, __FILE__, __LINE__))
