// SPDX-License-Identifier: Apache-2.0
#include "runner/worker/worker_protocol.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::runner;
using Kind = WorkerFrame::Kind;

TEST_CASE("Worker: answers are told apart") {
    CHECK(decode_frame(R"({"ready":true})", "/f")->kind == Kind::ready);
    CHECK(decode_frame(R"({"ready":true})", "/f")->lanes == 1);
    CHECK(decode_frame(R"({"ready":true,"lanes":4})", "/f")->lanes == 4);
    CHECK(decode_frame(R"({"ready":true,"lanes":-4})", "/f")->lanes == 1);
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

// reports 7, review 1.3 row 16
TEST_CASE("Worker: JSON data goes to the worker and comes back with its bytes") {
    CloudEvent event;
    event.id = "7";
    event.source = "/s";
    event.type = "t";
    event.subject = R"(a,"data":b)";
    event.datacontenttype = "application/json";
    event.has_data = true;
    for (std::string const data :
         {R"({"a":1524831183200260097,"b":993143214321423154315154321,"c":1.10,"d":1e400})", "0",
          "false", "null", R"("")", R"({"half":"\ud83d"})"}) {
        event.data = data;
        std::string const line = encode_request(3, event);
        CHECK(line.starts_with(R"({"id":3,"kind":"json","event":{)"));
        CHECK(line.ends_with(",\"data\":" + data + "}}\n"));
        auto const frame = decode_frame(
            R"({"id":3,"status":"ok","reply":{"type":"t","data": )" + data + "}}", "/f");
        REQUIRE(frame);
        CHECK(frame->reply.data == data);
    }
    event.data = "{\"a\":\r\n1}";
    CHECK(encode_request(3, event).ends_with("{\"a\":  1}}}\n"));
}

TEST_CASE("Worker: data that is no JSON goes as text or base64, whatever its type says") {
    CloudEvent event;
    event.id = "7";
    event.source = "/s";
    event.type = "t";
    event.has_data = true;
    event.datacontenttype = "application/json";
    event.data = "not json\n";
    CHECK(encode_request(1, event).ends_with(",\"data\":\"not json\\n\"}}\n"));
    CHECK(encode_request(1, event).find(R"("kind":"text")") != std::string::npos);
    event.data = "\xff";
    CHECK(encode_request(1, event).ends_with(",\"data_base64\":\"/w==\"}}\n"));
    event.has_data = false;
    event.data.clear();
    CHECK(encode_request(1, event).find(R"("kind":"none")") != std::string::npos);
}

TEST_CASE(
    "Protocol: lines of the log, a handler that was stopped, and a worker that can stop one") {
    auto const line =
        decode_frame(R"({"log":3,"stream":"stderr","text":"a \"line\" \u00e9"})", "/f");
    REQUIRE(line);
    CHECK(line->kind == Kind::log);
    CHECK(line->id == 3);
    CHECK(line->is_error_output);
    CHECK(line->text == "a \"line\" é");
    CHECK(decode_frame(R"({"id":3,"status":"stopped","error":"e"})", "/f")->kind == Kind::stopped);
    CHECK(decode_frame(R"({"ready":true,"stops":true})", "/f")->stops);
    CHECK_FALSE(decode_frame(R"({"ready":true})", "/f")->stops);
    CHECK_FALSE(decode_frame(R"({"log":-1,"text":"x"})", "/f"));
    CloudEvent event;
    event.id = "1";
    CHECK(encode_request(1, event, 1500us).find(R"("limitMs":2,"event")") != std::string::npos);
    CHECK(encode_request(1, event).find("limitMs") == std::string::npos);
}
