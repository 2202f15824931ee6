// SPDX-License-Identifier: Apache-2.0
#include "console/api/api_routes.hpp"

#include <algorithm>
#include <array>

#include "common/base/encoding.hpp"

namespace millrace::console {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> known_methods = {
    {{"get", "GET"}, {"post", "POST"}, {"put", "PUT"}, {"patch", "PATCH"}, {"delete", "DELETE"}}};

bool fits(std::string const& wanted, std::string const& segment) {
    return wanted.starts_with('{') ? !segment.empty() : wanted == segment;
}

}  // namespace

std::vector<std::string> path_segments(std::string_view path) {
    std::vector<std::string> parts;
    while (path.starts_with('/')) {
        path.remove_prefix(1);
        std::string_view const part = path.substr(0, path.find('/'));
        parts.push_back(percent_decode(part).value_or(""));
        path.remove_prefix(part.size());
    }
    return parts;
}

ApiRoutes::ApiRoutes(Json const& openapi) {
    Json const* paths = find_json(openapi, "paths");
    if (paths == nullptr || !paths->is_object())
        return;
    for (auto const& [path, operations] : paths->items()) {
        Route route{path_segments(path), {}};
        for (auto const& [key, method] : known_methods)
            if (operations.contains(key))
                route.methods.emplace_back(method);
        routes_.push_back(std::move(route));
    }
}

std::vector<std::string> ApiRoutes::methods(std::vector<std::string> const& path) const {
    for (Route const& route : routes_)
        if (std::ranges::equal(route.path, path, fits))
            return route.methods;
    return {};
}

}  // namespace millrace::console
