// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/net/http_server.hpp"

namespace millrace::runner {

/// "/<ns>/<name>" or "/api/v1/functions/<ns>/<name>/<what>" behind `prefix`, in its parts; empty
/// for another path. Pure.
std::vector<std::string> path_parts(std::string_view path, std::string_view prefix);

/// How many lines of a log `?tail=` asks for: 200 where it is absent or no number, 2,000 at most.
std::size_t line_count(HttpRequest const& request);

}  // namespace millrace::runner
