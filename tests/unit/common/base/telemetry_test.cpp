// SPDX-License-Identifier: Apache-2.0
#include "common/base/telemetry.hpp"

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

TEST_CASE("Metrics: what would break a label's quotes or its line is escaped") {
    Telemetry telemetry;
    telemetry.counter("a_total", "A.", {{"name", "back\\slash \"quote\"\nline"}}).increment();
    CHECK(
        telemetry.render().find(R"(a_total{name="back\\slash \"quote\"\nline"} 1)") !=
        std::string::npos);
}

TEST_CASE("Metrics: other labels are another series of the same name, under one heading") {
    Telemetry telemetry;
    telemetry.counter("a_total", "A.", {{"x", "1"}}).increment(5);
    telemetry.counter("a_total", "Not this.", {{"x", "2"}}).increment(7);
    CHECK(
        telemetry.render() ==
        "# HELP a_total A.\n# TYPE a_total counter\na_total{x=\"1\"} 5\na_total{x=\"2\"} 7\n");
}

TEST_CASE("Metrics: beyond 10,000 series of a name the rest is counted together") {
    Telemetry telemetry;
    Counter& first = telemetry.counter("a_total", "A.", {{"x", "0"}});
    for (int i = 1; i < 10'000; ++i)
        telemetry.counter("a_total", "A.", {{"x", std::to_string(i)}});
    telemetry.counter("a_total", "A.", {{"x", "one too many"}}).increment(2);
    telemetry.counter("a_total", "A.", {{"x", "and another"}}).increment(3);
    CHECK(telemetry.counter("a_total", "A.", {{"overflow", "true"}}).value() == 5);
    CHECK(telemetry.render().find("too many") == std::string::npos);
    first.increment();
    CHECK(telemetry.counter("a_total", "A.", {{"x", "0"}}).value() == 1);
}

TEST_CASE("Metrics: a value on a bucket's bound is in it, and one beyond all is counted") {
    Histogram histogram;
    histogram.record(Histogram::bounds_s.front());
    histogram.record(Histogram::bounds_s.back());
    histogram.record(1'000);
    CHECK(histogram.bucket(0) == 1);
    CHECK(histogram.bucket(Histogram::bounds_s.size() - 1) == 2);
    CHECK(histogram.count() == 3);
}

TEST_CASE("Metrics: buckets are cumulative and end with all, each with its own bound") {
    Telemetry telemetry;
    telemetry.histogram("wait_seconds", "Wait.", {{"to", "x"}}).record(30);
    std::string const text = telemetry.render();
    for (auto const* line :
         {"wait_seconds_bucket{to=\"x\",le=\"0.0025\"} 0\n",
          "wait_seconds_bucket{to=\"x\",le=\"10\"} 0\n",
          "wait_seconds_bucket{to=\"x\",le=\"60\"} 1\n",
          "wait_seconds_bucket{to=\"x\",le=\"+Inf\"} 1\n", "wait_seconds_sum{to=\"x\"} 30\n"}) {
        INFO(line);
        CHECK(text.find(line) != std::string::npos);
    }
}

TEST_CASE("Metrics: a sum shows its least increment, however large it has become") {
    Telemetry telemetry;
    Histogram& wait = telemetry.histogram("wait_seconds", "Wait.");
    wait.record(1'234'567);
    wait.record(0.25);
    CHECK(telemetry.render().find("wait_seconds_sum 1234567.25\n") != std::string::npos);
}
