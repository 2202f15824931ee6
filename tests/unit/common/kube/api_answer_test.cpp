// SPDX-License-Identifier: Apache-2.0
#include "common/kube/api_server/api_answer.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

ApiSubject const echo{.kind = kinds::trigger, .name = ResourceName{"default", "echo"}};

Json status(int code, std::string const& reason, std::string const& message, Json details = {}) {
    Json json = {{"kind", "Status"}, {"status", "Failure"}, {"reason", reason}, {"code", code}};
    json["message"] = message;
    if (!details.is_null())
        json["details"] = std::move(details);
    return json;
}

Error error_of(int code, std::string const& body) {
    auto const read = read_answer(echo, {.status = code, .headers = {}, .body = body});
    REQUIRE_FALSE(read);
    return read.error();
}

}  // namespace

TEST_CASE("API answer: a good one is its JSON") {
    for (int const code : {200, 201, 202})
        CHECK(
            read_answer(echo, {.status = code, .headers = {}, .body = R"({"a":1})"}).value() ==
            Json({{"a", 1}}));
}

TEST_CASE("API answer: what is no JSON object comes from somebody else") {
    for (auto const* body : {"", "ok", "[]", "<html>Sign in</html>"})
        CHECK(error_of(200, body).code == ErrorCode::unavailable);
}

TEST_CASE("API answer: an object is absent where the server says so of this very object") {
    Json const said = status(
        404, "NotFound", "triggers.eventing.knative.dev \"echo\" not found",
        {{"name", "echo"}, {"group", "eventing.knative.dev"}, {"kind", "triggers"}});
    Error const error = error_of(404, dump_json(said));
    CHECK(error.code == ErrorCode::not_found);
    CHECK(error.detail == "There is no Trigger default/echo.");
}

// Review 4.4: an error is never an absence.
TEST_CASE("API answer: any other 404 says nothing about the object") {
    Json const other = status(
        404, "NotFound", "triggers \"other\" not found", {{"name", "other"}, {"kind", "triggers"}});
    Json const no_kind = status(404, "NotFound", "the server could not find the resource");
    for (std::string const& body :
         {std::string("404 page not found\n"), std::string("{}"), dump_json(other),
          dump_json(no_kind)}) {
        Error const error = error_of(404, body);
        CHECK(error.code == ErrorCode::unavailable);
        CHECK(
            error.detail ==
            "The API server serves no triggers.eventing.knative.dev in v1: install its "
            "CustomResourceDefinition.");
    }
}

TEST_CASE("API answer: a 404 of all objects of a kind is of the kind") {
    auto const listed = read_answer(
        {.kind = kinds::trigger, .name = {}},
        {.status = 404, .headers = {}, .body = "404 page not found"});
    REQUIRE_FALSE(listed);
    CHECK(listed.error().code == ErrorCode::not_found);
}

TEST_CASE("API answer: a namespace that is not there is named") {
    Json const said = status(
        404, "NotFound", "namespaces \"default\" not found",
        {{"name", "default"}, {"kind", "namespaces"}});
    Error const error = error_of(404, dump_json(said));
    CHECK(error.code == ErrorCode::invalid);
    CHECK(error.detail == "There is no namespace default: create it, then try again.");
}

TEST_CASE("API answer: a conflict tells whether the object changed or is another one") {
    Error const changed = error_of(
        409, dump_json(status(409, "Conflict", "the object has been modified; please apply")));
    CHECK(changed.code == ErrorCode::conflict);
    CHECK(changed.detail == "Trigger default/echo was changed meanwhile; read it again.");
    Error const another = error_of(
        409, dump_json(status(409, "Conflict", "Precondition failed: UID in precondition: a")));
    CHECK(another.detail == "Trigger default/echo was deleted and made again meanwhile.");
}

TEST_CASE("API answer: what the server objects to comes with its words") {
    Json const said = status(422, "Invalid", "spec.broker: Required value");
    Error const error = error_of(422, dump_json(said));
    CHECK(error.code == ErrorCode::invalid);
    CHECK(error.detail == "Trigger default/echo: spec.broker: Required value.");
    CHECK(error_of(400, dump_json(said)).code == ErrorCode::invalid);
    CHECK(error_of(403, dump_json(said)).code == ErrorCode::forbidden);
    CHECK(error_of(401, dump_json(said)).code == ErrorCode::unauthenticated);
    CHECK(error_of(413, "").code == ErrorCode::too_large);
    Json const typed = status(
        500, "",
        "failed to create typed patch object (default/echo): .spec.filters: expected list");
    CHECK(error_of(500, dump_json(typed)).code == ErrorCode::invalid);
}

TEST_CASE("API answer: what may pass is unavailable, never more") {
    for (int const code : {410, 429, 500, 502, 503, 504, 302, 418}) {
        Error const error = error_of(code, "");
        CHECK(error.code == ErrorCode::unavailable);
        CHECK(error.detail.find(std::to_string(code)) != std::string::npos);
    }
}
