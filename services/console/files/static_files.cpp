// SPDX-License-Identifier: Apache-2.0
#include "console/files/static_files.hpp"

#include <ranges>

#include "common/base/file.hpp"

namespace millrace::console {
namespace {

constexpr std::size_t total_bytes_max = 64UL << 20;

std::string type_of(std::string const& name) {
    static std::map<std::string, std::string> const types = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".json", "application/json"},
        {".svg", "image/svg+xml"},
        {".woff2", "font/woff2"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".webmanifest", "application/manifest+json"},
        {".txt", "text/plain; charset=utf-8"}};
    auto const found = types.find(std::filesystem::path(name).extension().string());
    return found == types.end() ? "application/octet-stream" : found->second;
}

bool accepts(HttpRequest const& request, std::string_view coding) {
    for (auto const part : std::views::split(request.headers.get("accept-encoding"), ',')) {
        std::string_view const one(part);
        // Any weight but zero, "q=0" or "q=0.000", accepts (RFC 9110 section 12.4.2).
        auto const weight = one.find("q=");
        bool const is_refused =
            weight != std::string_view::npos &&
            one.substr(weight + 2).find_first_of("123456789") == std::string_view::npos;
        if (media_type(one) == coding)
            return !is_refused;
    }
    return false;
}

}  // namespace

StaticFiles::StaticFiles(std::filesystem::path const& folder, std::string page)
    : page_("/" + std::move(page)) {
    std::size_t total = 0;
    std::error_code error;
    std::filesystem::recursive_directory_iterator at(folder, error);
    for (; !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error)) {
        std::error_code unknown;
        if (!at->is_regular_file(unknown))
            continue;
        std::filesystem::path const path = at->path();
        auto content = read_file(path, total_bytes_max);
        if (!content)
            throw StartupError("--web: " + content.error().detail);
        total += content->size();
        if (total > total_bytes_max)
            throw StartupError("--web: more than 64 MiB of files.");
        std::string name = "/" + path.lexically_relative(folder).string();
        std::string File::* const variant = name.ends_with(".br")   ? &File::brotli
                                            : name.ends_with(".gz") ? &File::gzip
                                                                    : &File::plain;
        if (variant != &File::plain)
            name.resize(name.size() - 3);
        File& file = files_[name];
        file.type = type_of(name);
        file.*variant = std::move(*content);
    }
    if (error && error != std::errc::no_such_file_or_directory)
        throw StartupError("--web: cannot list " + folder.string() + ": " + error.message() + ".");
    if (!files_.contains(page_))
        throw StartupError(
            "--web: there is no " + page_.substr(1) + " in " + folder.string() + ".");
}

HttpAnswer StaticFiles::serve(HttpRequest const& request) const {
    if (request.method != "GET" && request.method != "HEAD")
        return problem_answer(405, "request.invalid", "Pages are read with GET.");
    auto found = files_.find(request.path);
    bool const is_asset = request.path.starts_with("/assets/");
    if (found == files_.end() && is_asset)
        return problem_answer(404, "notFound", "There is no such file.");
    if (found == files_.end())
        found = files_.find(page_);
    File const& file = found->second;
    HttpAnswer answer;
    answer.headers.add("Content-Type", file.type);
    // Names below /assets/ carry a hash of their content.
    answer.headers.add(
        "Cache-Control", is_asset ? "public, max-age=31536000, immutable" : "no-store");
    answer.headers.add("Vary", "Accept-Encoding");
    if (!file.brotli.empty() && accepts(request, "br")) {
        answer.headers.add("Content-Encoding", "br");
        answer.body = file.brotli;
    } else if (!file.gzip.empty() && accepts(request, "gzip")) {
        answer.headers.add("Content-Encoding", "gzip");
        answer.body = file.gzip;
    } else {
        answer.body = file.plain;
    }
    return answer;
}

}  // namespace millrace::console
