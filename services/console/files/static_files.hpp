// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "common/net/http_server.hpp"

namespace millrace::console {

/// The web UI, read into memory at start: no request touches the file system (fault F45). Variants
/// NAME.br and NAME.gz are served to who accepts them.
class StaticFiles {
public:
    /// `page`: what is served for a path that is no file. Throws StartupError if it is not there,
    /// or there are more than 64 MiB.
    explicit StaticFiles(std::filesystem::path const& folder, std::string page = "index.html");

    /// The file at the request's path; for any other path outside /assets/ the page, whose router
    /// then decides.
    HttpAnswer serve(HttpRequest const& request) const;

private:
    struct File {
        std::string type;
        std::string plain;
        std::string brotli;
        std::string gzip;
    };
    std::string page_;  ///< its path
    std::map<std::string, File, std::less<>> files_;
};

}  // namespace millrace::console
