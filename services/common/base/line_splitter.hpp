// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace {

/// Splits what a program prints into lines, each cut at 8 KiB. Pure.
class LineSplitter {
public:
    /// The whole lines that `bytes` completes.
    std::vector<std::string> take(std::string_view bytes);
    /// What stands without a newline at the end.
    std::string rest() { return std::exchange(partial_, {}); }

private:
    std::string partial_;
    bool cutting_ = false;
};

}  // namespace millrace
