// SPDX-License-Identifier: Apache-2.0
#include "runner/function/call_answer.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::runner;

TEST_CASE("Answer: whose fault it was is in the status, and only the event's own is an attempt") {
    auto const status = [](ErrorCode code) { return call_answer(failure(code, "Why.")).status; };
    CHECK(status(ErrorCode::timed_out) == 504);
    for (ErrorCode const code : {ErrorCode::closed, ErrorCode::invalid, ErrorCode::too_large})
        CHECK(status(code) == 500);
    HttpAnswer const beside = call_answer(failure(ErrorCode::canceled, "Why."));
    HttpAnswer const busy = busy_answer(2);
    CHECK(beside.body.find("Why.") != std::string::npos);
    for (HttpAnswer const& answer : {beside, busy}) {
        CHECK(answer.status == 503);
        CHECK(answer.headers.get("Retry-After") == "1");
        CHECK(answer.body.find("urn:millrace:problem:busy") != std::string::npos);
    }
}

TEST_CASE("Answer: what a handler says is 200, 202, 500, or 503 with its own Retry-After") {
    WorkerFrame frame;
    frame.kind = WorkerFrame::Kind::ok;
    CHECK(call_answer(frame).status == 202);
    frame.has_reply = true;
    frame.reply.data = "1";
    CHECK(call_answer(frame).status == 200);
    CHECK(call_answer(frame).body == "1");
    frame.kind = WorkerFrame::Kind::error;
    CHECK(call_answer(frame).status == 500);
    frame.kind = WorkerFrame::Kind::retry;
    frame.retry_after = 9s;
    HttpAnswer const later = call_answer(frame);
    CHECK(later.status == 503);
    CHECK(later.headers.get("Retry-After") == "9");
    CHECK(later.body.find("problem:busy") == std::string::npos);
}
