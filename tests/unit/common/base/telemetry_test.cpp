// SPDX-License-Identifier: Apache-2.0
#include "common/base/telemetry.hpp"

#include "common/base/secret.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;

TEST_CASE("Metrics: rendered as Prometheus reads them, labels escaped") {
    Telemetry telemetry;
    telemetry.counter("events_total", "Events.", {{"source", "a\"b"}}).increment(3);
    telemetry.gauge("depth", "Depth.").set(-2);
    telemetry.histogram("wait_seconds", "Wait.").record(0.02);
    std::string const text = telemetry.render();
    CHECK(
        text.find("# TYPE events_total counter\nevents_total{source=\"a\\\"b\"} 3\n") !=
        std::string::npos);
    CHECK(text.find("depth -2\n") != std::string::npos);
    CHECK(text.find("wait_seconds_bucket{le=\"0.01\"} 0\n") != std::string::npos);
    CHECK(text.find("wait_seconds_bucket{le=\"0.025\"} 1\n") != std::string::npos);
    CHECK(text.find("wait_seconds_count 1\n") != std::string::npos);
}

TEST_CASE("Metrics: the same name and labels are the same counter") {
    Telemetry telemetry;
    telemetry.counter("a_total", "A.").increment();
    telemetry.counter("a_total", "A.").increment();
    CHECK(telemetry.counter("a_total", "A.").value() == 2);
}

TEST_CASE("Secret: compares whole texts and is empty after a move") {
    Secret secret("correct horse");
    CHECK(secret.matches("correct horse"));
    CHECK_FALSE(secret.matches("correct hors"));
    CHECK_FALSE(secret.matches("correct horsf"));
    Secret const moved = std::move(secret);
    CHECK(moved.reveal() == "correct horse");
}
