// SPDX-License-Identifier: Apache-2.0
#include "console/files/static_files.hpp"

#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::console;

namespace {

HttpRequest get(std::string path) {
    HttpRequest request;
    request.path = std::move(path);
    return request;
}

}  // namespace

TEST_CASE("Files: pages fall back to index.html, assets do not, nothing leads outside (F45)") {
    test::TemporaryFolder folder;
    std::filesystem::create_directory(folder.path() / "assets");
    std::ofstream(folder.path() / "index.html") << "index";
    std::ofstream(folder.path() / "assets/app-1.js") << "plain";
    std::ofstream(folder.path() / "assets/app-1.js.br") << "brotli";
    StaticFiles const files(folder.path());
    CHECK(files.serve(get("/")).body == "index");
    CHECK(files.serve(get("/functions/echo")).body == "index");
    CHECK(files.serve(get("/assets/none.js")).status == 404);
    for (auto const* path : {"/../../etc/passwd", "/..%2f..%2fetc/passwd", "//etc/passwd"})
        CHECK(files.serve(get(path)).body == "index");
    CHECK(files.serve(get("/assets/app-1.js")).body == "plain");
    HttpRequest request = get("/assets/app-1.js");
    request.headers.add("Accept-Encoding", "gzip, br");
    HttpAnswer const compressed = files.serve(request);
    CHECK(compressed.body == "brotli");
    CHECK(compressed.headers.get("content-encoding") == "br");
    CHECK(compressed.headers.get("cache-control").find("immutable") != std::string_view::npos);
    request.method = "POST";
    CHECK(files.serve(request).status == 405);
}

TEST_CASE("Files: a folder without index.html is refused at start") {
    test::TemporaryFolder folder;
    CHECK_THROWS_AS(StaticFiles(folder.path()), StartupError);
}
