// SPDX-License-Identifier: Apache-2.0
#include "common/base/line_splitter.hpp"

#include <algorithm>

namespace millrace {
namespace {

constexpr std::size_t line_bytes_max = 8'192;

}  // namespace

std::vector<std::string> LineSplitter::take(std::string_view bytes) {
    std::vector<std::string> lines;
    while (!bytes.empty()) {
        auto const newline = bytes.find('\n');
        std::string_view piece = bytes.substr(0, newline);
        bytes.remove_prefix(std::min(bytes.size(), piece.size() + 1));
        std::size_t const room = line_bytes_max - std::min(partial_.size(), line_bytes_max);
        if (!cutting_)
            partial_ += piece.substr(0, room);
        if (piece.size() > room && !cutting_) {
            partial_ += "...";
            cutting_ = true;
        }
        if (newline == std::string_view::npos)
            break;
        cutting_ = false;
        lines.push_back(std::exchange(partial_, {}));
    }
    return lines;
}

}  // namespace millrace
