// SPDX-License-Identifier: Apache-2.0
#include "common/base/json.hpp"
#include "common/net/http_server.hpp"
#include "common/net/http_session.hpp"

namespace millrace {
namespace {

int status_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid:
            return 400;
        case ErrorCode::unauthenticated:
            return 401;
        case ErrorCode::forbidden:
            return 403;
        case ErrorCode::not_found:
            return 404;
        case ErrorCode::conflict:
            return 409;
        case ErrorCode::too_large:
            return 413;
        case ErrorCode::unsupported:
            return 415;
        case ErrorCode::unavailable:
        case ErrorCode::closed:
            return 502;
        case ErrorCode::storage:
        case ErrorCode::canceled:
            return 503;
        case ErrorCode::timed_out:
            return 504;
        case ErrorCode::damaged:
            return 500;
    }
    return 500;
}

HttpAnswer typed_answer(int status, std::string type, std::string body) {
    HttpAnswer answer;
    answer.status = status;
    answer.headers.add("Content-Type", std::move(type));
    answer.body = std::move(body);
    return answer;
}

}  // namespace

HttpAnswer text_answer(int status, std::string text) {
    return typed_answer(status, "text/plain; charset=utf-8", std::move(text));
}

HttpAnswer json_answer(int status, std::string json) {
    HttpAnswer answer = typed_answer(status, "application/json", std::move(json));
    answer.headers.add("Cache-Control", "no-store");
    return answer;
}

HttpAnswer empty_answer() {
    HttpAnswer answer;
    answer.status = 204;
    answer.headers.add("Cache-Control", "no-store");
    return answer;
}

HttpAnswer problem_answer(
    int status, std::string_view code, std::string_view detail, FieldFaults const& faults) {
    Json problem = Json::object();
    problem["type"] = "urn:millrace:problem:" + std::string(code);
    problem["title"] = std::string(reason_phrase(status));
    problem["status"] = status;
    problem["detail"] = std::string(detail);
    problem["code"] = std::string(code);
    for (FieldFault const& fault : faults)
        problem["errors"].push_back(
            {{"pointer", fault.pointer}, {"code", fault.code}, {"detail", fault.detail}});
    HttpAnswer answer = typed_answer(status, "application/problem+json", dump_json(problem));
    answer.headers.add("Cache-Control", "no-store");
    return answer;
}

HttpAnswer problem_answer(Error const& error) {
    HttpAnswer answer = problem_answer(status_of(error.code), to_string(error.code), error.detail);
    if (answer.status == 503)
        answer.headers.add("Retry-After", "1");
    return answer;
}

bool has_bearer(HttpRequest const& request, Secret const& token) {
    constexpr std::string_view scheme = "Bearer ";
    std::string_view const value = request.headers.get("authorization");
    // RFC 9110 section 11.1: whatever the case of its letters.
    return !token.empty() && equals_ignoring_case(value.substr(0, scheme.size()), scheme) &&
           token.matches(value.substr(scheme.size()));
}

}  // namespace millrace
