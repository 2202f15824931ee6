// SPDX-License-Identifier: Apache-2.0
#include "runner/worker_protocol.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::runner;
using Kind = WorkerFrame::Kind;

TEST_CASE("Worker: answers are told apart") {
    CHECK(decode_frame(R"({"ready":true})", "/f")->kind == Kind::ready);
    CHECK(decode_frame(R"({"ready":false,"error":"why"})", "/f")->error == "why");
    CHECK(decode_frame(R"({"id":3,"status":"ok","reply":null})", "/f")->id == 3);
    auto const retry = decode_frame(R"({"id":3,"status":"retry","afterSeconds":7})", "/f");
    CHECK(retry->kind == Kind::retry);
    CHECK(retry->retry_after == 7s);
}

TEST_CASE("Worker: a reply gets what it leaves out, and a bad one is the handler's error") {
    auto const good = decode_frame(
        R"({"id":1,"status":"ok","reply":{"type":"t","data":{"a":1}}})", "/functions/f");
    REQUIRE(good->has_reply);
    CHECK(good->reply.source == "/functions/f");
    CHECK(good->reply.id.size() == 36);
    CHECK(good->reply.data == R"({"a":1})");
    CHECK(good->reply.datacontenttype == "application/json");
    auto const bad = decode_frame(R"({"id":1,"status":"ok","reply":{"data":1}})", "/f");
    CHECK(bad->kind == Kind::error);
    CHECK(bad->error.find("type") != std::string::npos);
}

TEST_CASE("Worker: lines that are no answers are refused") {
    for (auto const* line :
         {"", "hello", "[]", "{}", R"({"id":-1,"status":"ok"})", R"({"id":1,"status":"maybe"})",
          R"({"id":"1","status":"ok"})"}) {
        INFO(line);
        CHECK_FALSE(decode_frame(line, "/f"));
    }
}
