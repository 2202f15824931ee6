// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/json.hpp"
#include "common/base/line_splitter.hpp"

namespace millrace::console {

/// LogLines (openapi.yaml) out of a pod's log as the API server gives it: each line behind its time
/// and a space. Which of the two streams a line was on, and which event it belongs to, nobody says.
/// Pure.
class PodLogLines {
public:
    explicit PodLogLines(std::string revision) : revision_(std::move(revision)) {}

    /// The lines that these bytes complete.
    std::vector<Json> take(std::string_view bytes);
    /// What stands behind the last line end.
    std::vector<Json> finish();

private:
    Json line_of(std::string_view text) const;

    std::string revision_;
    LineSplitter splitter_;
};

/// The newest `count` of the lines of two instances; each has its own in the order of their times.
std::vector<Json> merge_lines(std::vector<Json> one, std::vector<Json> other, std::size_t count);

}  // namespace millrace::console
