// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/system/burst.hpp"
#include "tests/e2e/system/conservation.hpp"
#include "tests/e2e/system/event_sink.hpp"
#include "tests/e2e/system/installation.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr std::int64_t burst_events = 400;
constexpr milliseconds drain_limit = 60s;

/// What the simulator is told to do wrong while events are read.
struct Failure {
    std::string kind;
    std::int64_t count = 0;  ///< 0: it happens once, at once
    std::string mode;
    std::int64_t delay_ms = 0;
};

std::vector<Failure> const failures = {
    {"sessionKill"},
    {"collectorGone"},
    {"silentCollector"},
    {"notAuthenticatedNext", 2},
    {"soapUnavailable", 3},
    {"slowReplies", 3, "", 200},
    {"connectionReset", 2},
    {"badXml", 2, "truncated"},
    {"badXml", 2, "illegalCharacter"},
    {"badXml", 2, "html"},
    {"badXml", 2, "unknownClass"},
    {"badXml", 2, "latin1"},
    // Reports 2: the load balancer's cookie comes with the new session, too.
    {"foreignCookie", 12},
    {"sessionKill"},
};

Json to_json(Failure const& failure) {
    Json json = Json::object();
    json["kind"] = failure.kind;
    if (failure.count > 0)
        json["count"] = failure.count;
    if (!failure.mode.empty())
        json["mode"] = failure.mode;
    if (failure.delay_ms > 0)
        json["delayMs"] = failure.delay_ms;
    return json;
}

/// Events begin to come, the fault strikes, and all of them have to arrive all the same.
Task<void> strike(Installation& installation, EventSink& sink, Failure failure) {
    std::string const api = installation.simulator.url();
    INFO(failure.kind << ' ' << failure.mode);
    auto const received_before = sink.distinct();
    auto const begin = co_await ledger_length(installation.client, api);
    co_await start_burst(installation.client, api, {burst_events, 800, 20});
    CHECK(co_await comes_true(
        [&] { return sink.distinct() >= received_before + burst_events / 8; }, drain_limit));
    co_await installation.client.post(api + "/api/v1/faults", to_json(failure));
    co_await wait_for_bursts(installation.client, api, drain_limit);
    CHECK(co_await comes_true(
        [&] { return sink.distinct() >= received_before + burst_events; }, drain_limit));
    co_await installation.wait_for_source("Waiting");
    auto const events = co_await read_ledger(installation.client, api, begin);
    auto const all_came = [&] {
        return std::ranges::all_of(events, [&](Emitted const& one) { return sink.has(one.key); });
    };
    CHECK(co_await comes_true(all_came, drain_limit));
}

Task<void> check_failures(Installation& installation, EventSink& sink) {
    co_await installation.simulator.start();
    co_await installation.put_source(
        {.address = installation.vcenter_url(), .sink_url = sink.url()});
    co_await installation.router.start();
    co_await installation.wait_for_source("Waiting");
    std::string const api = installation.simulator.url();
    auto const before = co_await read_ledger(installation.client, api, 0);
    for (Failure const& failure : failures)
        co_await strike(installation, sink, failure);
    Json const faults = co_await installation.client.get(api + "/api/v1/faults");
    INFO(dump_json(faults));
    CHECK(find_json(faults, "items")->empty());
    CHECK(co_await installation.router.stop() == 0);
    auto const emitted =
        co_await read_ledger(installation.client, api, static_cast<std::int64_t>(before.size()));
    Verdict const verdict = compare(emitted, before, sink.taken());
    // Stopping, the router logs out: nobody is left to read that last event.
    CHECK(verdict.lost <= 1);
    CHECK(verdict.duplicates == 0);
    CHECK(verdict.phantom == 0);
    CHECK(verdict.inversions == 0);
    co_await sink.stop();
}

}  // namespace

TEST_CASE(
    "System: a vCenter that fails in every known way loses no event, repeats none, in order",
    "[system]") {
    Installation installation({"--no-tls"});
    EventSink sink(installation.io);
    run_task(installation.io, check_failures(installation, sink), 400s);
}
