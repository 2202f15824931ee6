// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/base/json.hpp"

namespace millrace::console {

/// Which paths the API has and what may be done there, as openapi.yaml says: what is not in it is
/// refused before any handler sees it. Pure.
class ApiRoutes {
public:
    /// `openapi`: the whole document.
    explicit ApiRoutes(Json const& openapi);

    /// The methods of a path below the server's URL, in the document's order; none: there is no
    /// such path. `{name}` in a template stands for one segment that is not empty.
    std::vector<std::string> methods(std::vector<std::string> const& path) const;

private:
    struct Route {
        std::vector<std::string> path;
        std::vector<std::string> methods;
    };
    std::vector<Route> routes_;
};

/// "/a/b%20c" in its parts, decoded: "a", "b c". A broken escape gives an empty part.
std::vector<std::string> path_segments(std::string_view path);

}  // namespace millrace::console
