// SPDX-License-Identifier: Apache-2.0
#include "runner/function/call_answer.hpp"

#include "common/event/http_binding.hpp"

namespace millrace::runner {

namespace {

/// What the broker counts as no attempt: the event comes again in a second.
HttpAnswer come_again(std::string const& reason) {
    HttpAnswer answer = problem_answer(503, "busy", reason);
    answer.headers.add("Retry-After", "1");
    return answer;
}

}  // namespace

HttpAnswer call_answer(Result<WorkerFrame> const& outcome) {
    if (!outcome && outcome.error().code == ErrorCode::canceled)
        return come_again(outcome.error().detail);
    if (!outcome)
        return problem_answer(
            outcome.error().code == ErrorCode::timed_out ? 504 : 500, "handlerFailed",
            outcome.error().detail);
    switch (outcome->kind) {
        case WorkerFrame::Kind::retry: {
            HttpAnswer answer = problem_answer(503, "retryLater", outcome->error);
            answer.headers.add("Retry-After", std::to_string(outcome->retry_after.count()));
            return answer;
        }
        case WorkerFrame::Kind::ok:
            break;
        default:
            return problem_answer(500, "handlerFailed", outcome->error);
    }
    HttpAnswer answer;
    answer.status = outcome->has_reply ? 200 : 202;
    if (outcome->has_reply) {
        answer.headers = binary_headers(outcome->reply);
        answer.body = outcome->reply.data;
    }
    return answer;
}

HttpAnswer busy_answer(std::size_t workers) {
    std::string const who =
        workers == 1 ? "The 1 worker of this function is"
                     : "All " + std::to_string(workers) + " workers of this function are";
    return come_again(who + " busy.");
}

}  // namespace millrace::runner
