// SPDX-License-Identifier: Apache-2.0
#include "router/source/source_status.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::router;

namespace {

SourceStanding reading() {
    SourceStanding standing{
        .report = {.state = "Reading"}, .is_running = true, .sink = "http://broker/ns/default"};
    standing.report.last_event_time = *parse_rfc3339("2026-11-26T10:00:00Z");
    standing.report.lag = 850ms;
    return standing;
}

TEST_CASE("Source status: one that reads is Ready, and tells its sink, state, lag and last event") {
    Json const status = source_status(Json::object(), 3, reading());
    CHECK(status.at("observedGeneration") == 3);
    for (char const* type : {"Ready", "AuthReady", "AdapterReady"})
        CHECK(condition_state(status, type) == "True");
    CHECK(string_at(status, "sinkUri") == "http://broker/ns/default");
    CHECK(string_at(status, "state") == "Reading");
    CHECK(string_at(status, "lag") == "850ms");
    CHECK(string_at(status, "lastEventTime").starts_with("2026-11-26T10:00:00"));
}

TEST_CASE("Source status: one that cannot connect is not Ready and says why") {
    SourceStanding standing{
        .report = {.state = "Failing"}, .problem = "The password is refused.", .is_running = true};
    Json const status = source_status(Json::object(), 1, standing);
    CHECK(condition_state(status, "Ready") == "False");
    CHECK(condition_state(status, "AuthReady") == "Unknown");
    CHECK(condition_state(status, "AdapterReady") == "True");
    CHECK(dump_json(status).find("The password is refused.") != std::string::npos);
}

TEST_CASE("Source status: what does not run keeps the figures it had") {
    Json const before = source_status(Json::object(), 1, reading());
    SourceStanding const standing{.problem = "There is no Secret default/login."};
    Json const status = source_status(before, 1, standing);
    CHECK(condition_state(status, "AdapterReady") == "False");
    CHECK(string_at(status, "state") == "Failing");
    CHECK(string_at(status, "lastEventTime") == string_at(before, "lastEventTime"));
}

}  // namespace
