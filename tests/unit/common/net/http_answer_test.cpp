// SPDX-License-Identifier: Apache-2.0
#include "common/base/json.hpp"
#include "common/net/http_server.hpp"
#include "common/net/http_session.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

bool bears(std::string authorization, std::string token) {
    HttpRequest request;
    if (!authorization.empty())
        request.headers.add("Authorization", std::move(authorization));
    return has_bearer(request, Secret(std::move(token)));
}

}  // namespace

TEST_CASE("Answers: each error has the status that says whose turn it is") {
    std::vector<std::pair<ErrorCode, int>> const statuses = {
        {ErrorCode::invalid, 400},     {ErrorCode::unauthenticated, 401},
        {ErrorCode::forbidden, 403},   {ErrorCode::not_found, 404},
        {ErrorCode::conflict, 409},    {ErrorCode::too_large, 413},
        {ErrorCode::unsupported, 415}, {ErrorCode::damaged, 500},
        {ErrorCode::unavailable, 502}, {ErrorCode::closed, 502},
        {ErrorCode::storage, 503},     {ErrorCode::canceled, 503},
        {ErrorCode::timed_out, 504}};
    for (auto const& [code, status] : statuses) {
        HttpAnswer const answer = problem_answer(Error(code, "What went wrong."));
        INFO(to_string(code));
        CHECK(answer.status == status);
        CHECK((answer.headers.get("retry-after") == "1") == (status == 503));
        CHECK(string_at(parse_json(answer.body).value(), "code") == to_string(code));
    }
}

TEST_CASE("Answers: a problem is a document of RFC 9457 that nobody keeps") {
    HttpAnswer const answer = problem_answer(404, "event.notFound", "There is no \"x\"\xff.");
    CHECK(answer.status == 404);
    CHECK(answer.headers.get("content-type") == "application/problem+json");
    CHECK(answer.headers.get("cache-control") == "no-store");
    CHECK(
        answer.body ==
        R"({"type":"urn:millrace:problem:event.notFound","title":"Not Found","status":404,)"
        R"("detail":"There is no \"x\")"
        "\xef\xbf\xbd"
        R"(.","code":"event.notFound"})");
}

TEST_CASE("Answers: text and JSON say what they are") {
    CHECK(text_answer(200, "ok").headers.get("content-type") == "text/plain; charset=utf-8");
    HttpAnswer const json = json_answer(201, "{}");
    CHECK(json.status == 201);
    CHECK(json.headers.get("content-type") == "application/json");
    CHECK(json.headers.get("cache-control") == "no-store");
}

TEST_CASE("Answers: a status has its phrase, also one that nobody knows") {
    CHECK(reason_phrase(200) == "OK");
    CHECK(reason_phrase(431) == "Request Header Fields Too Large");
    CHECK_FALSE(reason_phrase(799).empty());
}

TEST_CASE("Bearer: the token as it is, the scheme in any case of its letters (RFC 9110 11.1)") {
    for (auto const* scheme : {"Bearer", "bearer", "BEARER"}) {
        INFO(scheme);
        CHECK(bears(std::string(scheme) + " 0123456789abcdef", "0123456789abcdef"));
    }
}

TEST_CASE("Bearer: another token, another scheme, or none at all is refused") {
    for (std::string const value :
         {"", "Bearer", "Bearer ", "Bearer 0123456789abcdeF", "Bearer 0123456789abcdef ",
          "Bearer  0123456789abcdef", "Bearer0123456789abcdef", "Basic 0123456789abcdef",
          "0123456789abcdef"}) {
        INFO(value);
        CHECK_FALSE(bears(value, "0123456789abcdef"));
    }
}

TEST_CASE("Bearer: where there is no token, nothing is one") {
    CHECK_FALSE(bears("Bearer ", ""));
    CHECK_FALSE(bears("", ""));
}
