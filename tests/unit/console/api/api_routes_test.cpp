// SPDX-License-Identifier: Apache-2.0
#include "console/api/api_routes.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::console;

namespace {

ApiRoutes make_routes() {
    auto const document = parse_json(R"({"paths": {
        "/functions": {"get": {}, "post": {}},
        "/functions/{name}": {"parameters": [], "get": {}, "delete": {}},
        "/functions/{name}/logs/stream": {"get": {}}}})");
    REQUIRE(document);
    return ApiRoutes(*document);
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("Routes: a path has the methods the document gives it") {
    ApiRoutes const routes = make_routes();
    CHECK(routes.methods({"functions"}) == Texts{"GET", "POST"});
    CHECK(routes.methods({"functions", "echo"}) == Texts{"GET", "DELETE"});
    CHECK(routes.methods({"functions", "a/b", "logs", "stream"}) == Texts{"GET"});
}

TEST_CASE("Routes: what the document does not have has no methods") {
    ApiRoutes const routes = make_routes();
    for (Texts const& path :
         {Texts{}, Texts{"function"}, Texts{"functions", ""}, Texts{"functions", "echo", "logs"},
          Texts{"functions", "echo", "logs", "stream", "x"}, Texts{"", "functions"}})
        CHECK(routes.methods(path).empty());
}

TEST_CASE("Routes: segments are decoded after they were split") {
    CHECK(path_segments("/functions/a%2Fb%20c") == Texts{"functions", "a/b c"});
    CHECK(path_segments("/functions/") == Texts{"functions", ""});
    CHECK(path_segments("//functions") == Texts{"", "functions"});
    CHECK(path_segments("/a%zz") == Texts{""});
    CHECK(path_segments("").empty());
}
