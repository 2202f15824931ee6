// SPDX-License-Identifier: Apache-2.0
#include "console/api/problem.hpp"

namespace millrace::console {

HttpAnswer make_problem(
    int status, std::string_view code, std::string_view detail, FieldFaults const& faults) {
    return problem_answer(status, code, detail, faults);
}

HttpAnswer make_problem(Error const& error, std::string_view not_found_code) {
    switch (error.code) {
        case ErrorCode::not_found:
            return make_problem(404, not_found_code, error.detail);
        case ErrorCode::conflict:
            return make_problem(412, "precondition.failed", error.detail);
        case ErrorCode::invalid:
            return make_problem(422, "request.invalid", error.detail);
        case ErrorCode::too_large:
            return make_problem(413, "request.tooLarge", error.detail);
        default:
            break;
    }
    HttpAnswer answer = make_problem(503, "service.unavailable", error.detail);
    answer.headers.add("Retry-After", "2");
    return answer;
}

HttpAnswer json_body(Json const& value, int status) {
    return json_answer(status, dump_json(value));
}

HttpAnswer json_text_body(std::string json) {
    return json_answer(200, std::move(json));
}

HttpAnswer items_body(Json items) {
    Json list = Json::object();
    list["items"] = std::move(items);
    return json_body(list);
}

}  // namespace millrace::console
