// SPDX-License-Identifier: Apache-2.0
#include "console/host/pod_log_lines.hpp"

#include <algorithm>
#include <iterator>

#include "common/base/encoding.hpp"

namespace millrace::console {

Json PodLogLines::line_of(std::string_view text) const {
    auto const space = text.find(' ');
    bool const has_time = space != std::string_view::npos && space >= 20 && text[10] == 'T';
    Json line = Json::object();
    line["at"] = has_time ? std::string(text.substr(0, space)) : "";
    line["stream"] = "stdout";
    line["text"] = to_valid_utf8(has_time ? text.substr(space + 1) : text);
    line["revision"] = revision_;
    line["eventId"] = nullptr;
    return line;
}

std::vector<Json> PodLogLines::take(std::string_view bytes) {
    std::vector<Json> lines;
    for (std::string const& text : splitter_.take(bytes))
        lines.push_back(line_of(text));
    return lines;
}

std::vector<Json> PodLogLines::finish() {
    std::string const rest = splitter_.rest();
    return rest.empty() ? std::vector<Json>() : std::vector<Json>{line_of(rest)};
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
