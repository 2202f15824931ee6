// SPDX-License-Identifier: Apache-2.0
#include "runner/host/function_routes.hpp"

#include <algorithm>
#include <charconv>

namespace millrace::runner {
namespace {

constexpr std::size_t lines_usual = 200;
constexpr std::size_t lines_max = 2'000;

}  // namespace

std::vector<std::string> path_parts(std::string_view path, std::string_view prefix) {
    std::vector<std::string> parts;
    if (!path.starts_with(prefix))
        return parts;
    path.remove_prefix(prefix.size());
    while (!path.empty()) {
        std::string_view const part = path.substr(0, path.find('/'));
        parts.emplace_back(part);
        path.remove_prefix(std::min(path.size(), part.size() + 1));
    }
    return parts;
}

std::size_t line_count(HttpRequest const& request) {
    std::string const text = request.query_value("tail");
    std::size_t count = 0;
    auto const [stop, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error == std::errc::result_out_of_range)
        return lines_max;
    bool const is_number = error == std::errc() && stop == text.data() + text.size();
    return is_number ? std::min(count, lines_max) : lines_usual;
}

}  // namespace millrace::runner
