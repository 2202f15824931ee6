// SPDX-License-Identifier: Apache-2.0
#include "console/host/pod_log_lines.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "common/base/encoding.hpp"

namespace millrace::console {
namespace {

/// As the runner has it (LogLine of openapi.yaml allows more).
constexpr std::size_t line_bytes_max = 8'192;

}  // namespace

Json PodLogLines::line_of(std::string_view text) const {
    auto const space = text.find(' ');
    bool const has_time = space != std::string_view::npos && space >= 20 && text[10] == 'T';
    Json line = Json::object();
    line["at"] = has_time ? std::string(text.substr(0, space)) : "";
    line["stream"] = "stdout";
    line["text"] = to_valid_utf8(std::string(has_time ? text.substr(space + 1) : text));
    line["revision"] = revision_;
    line["eventId"] = nullptr;
    return line;
}

std::vector<Json> PodLogLines::take(std::string_view bytes) {
    std::vector<Json> lines;
    while (!bytes.empty()) {
        auto const end = bytes.find('\n');
        std::string_view const piece = bytes.substr(0, end);
        bytes.remove_prefix(std::min(bytes.size(), piece.size() + 1));
        std::size_t const room = line_bytes_max - std::min(partial_.size(), line_bytes_max);
        if (!is_cutting_)
            partial_ += piece.substr(0, room);
        if (piece.size() > room && !is_cutting_) {
            partial_ += "...";
            is_cutting_ = true;
        }
        if (end == std::string_view::npos)
            break;
        is_cutting_ = false;
        lines.push_back(line_of(std::exchange(partial_, {})));
    }
    return lines;
}

std::vector<Json> PodLogLines::finish() {
    is_cutting_ = false;
    if (partial_.empty())
        return {};
    return {line_of(std::exchange(partial_, {}))};
}

std::vector<Json> merge_lines(std::vector<Json> one, std::vector<Json> other, std::size_t count) {
    auto const time = [](Json const& line) { return string_at(line, "at"); };
    std::vector<Json> all;
    all.reserve(one.size() + other.size());
    std::ranges::merge(one, other, std::back_inserter(all), {}, time, time);
    auto const surplus = static_cast<std::ptrdiff_t>(all.size() - std::min(count, all.size()));
    all.erase(all.begin(), all.begin() + surplus);
    return all;
}

}  // namespace millrace::console
