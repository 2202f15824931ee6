// SPDX-License-Identifier: Apache-2.0
#include "common/kube/api_server/cluster_versions.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

HttpResponse answer(int status, std::string body) {
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

}  // namespace

TEST_CASE("Versions: Kubernetes' is its gitVersion; another answer is none") {
    CHECK(read_kubernetes_version(answer(200, R"({"gitVersion":"v1.35.0"})")) == "v1.35.0");
    for (auto const& other :
         {answer(403, R"({"kind":"Status"})"), answer(200, "[]"), answer(200, "<html>")}) {
        auto const version = read_kubernetes_version(other);
        REQUIRE_FALSE(version);
        CHECK(version.error().code == ErrorCode::unavailable);
    }
}

TEST_CASE("Versions: a release's stands in a label; without a right to read it none is known") {
    CHECK(
        read_release_version(answer(
            200, R"({"metadata":{"labels":{"app.kubernetes.io/version":"1.20.1"}}})")) == "1.20.1");
    CHECK(read_release_version(answer(200, R"({"metadata":{"labels":{}}})")).empty());
    CHECK(read_release_version(answer(403, R"({"kind":"Status"})")).empty());
    CHECK(read_release_version(answer(404, "")).empty());
}
