// SPDX-License-Identifier: Apache-2.0
#include "common/service/restart_record.hpp"

#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

namespace millrace {
namespace {

TEST_CASE("Restart record: what is written is read, also that a service never restarted") {
    test::TemporaryFolder const folder;
    auto const last = *parse_rfc3339("2026-03-04T10:15:30Z");
    REQUIRE(write_restart_record(folder.path(), {{"broker", {3, last}}, {"router", {}}}));
    auto const record = read_restart_record(folder.path());
    REQUIRE(record);
    REQUIRE(record->size() == 2);
    CHECK(record->at("broker").count == 3);
    CHECK(record->at("broker").last == last);
    CHECK(record->at("router").count == 0);
    CHECK_FALSE(record->at("router").last);
}

TEST_CASE("Restart record: where nobody keeps services running there is none") {
    test::TemporaryFolder const folder;
    auto const record = read_restart_record(folder.path());
    REQUIRE_FALSE(record);
    CHECK(record.error().code == ErrorCode::not_found);
}

TEST_CASE("Restart record: what is none is refused as a whole, never half read") {
    auto const* text = GENERATE(
        "", "[]", R"({"broker":3})", R"({"broker":{"count":-1,"lastAt":null}})",
        R"({"broker":{"count":"3","lastAt":null}})", R"({"broker":{"count":1,"lastAt":"today"}})",
        R"({"router":{"count":1,"lastAt":null},"broker":{}})");
    INFO(text);
    test::TemporaryFolder const folder;
    std::ofstream(folder.path() / "restarts.json") << text;
    auto const record = read_restart_record(folder.path());
    REQUIRE_FALSE(record);
    CHECK(record.error().code == ErrorCode::invalid);
}

}  // namespace
}  // namespace millrace
