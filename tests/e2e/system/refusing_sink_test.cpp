// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/system/burst.hpp"
#include "tests/e2e/system/conservation.hpp"
#include "tests/e2e/system/event_sink.hpp"
#include "tests/e2e/system/installation.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr std::int64_t events = 3'000;
constexpr std::size_t refuse_one_of = 25;
constexpr milliseconds drain_limit = 90s;

Task<void> check_refusals(Installation& installation, EventSink& sink) {
    co_await installation.simulator.start();
    co_await installation.put_source(
        {.address = installation.vcenter_url(), .sink_url = sink.url()});
    co_await installation.router.start();
    co_await installation.wait_for_source("Waiting");
    std::string const api = installation.simulator.url();
    auto const before = co_await read_ledger(installation.client, api, 0);
    // Of the router's own sign-in, too, nobody knows whether it has come yet.
    std::int64_t const newest_before = before.empty() ? 0 : before.back().key;
    co_await start_burst(installation.client, api, {.count = events, .entities = 40});
    CHECK(co_await comes_true(
        [&] { return sink.distinct_after(newest_before) >= events; }, drain_limit));
    CHECK(co_await installation.router.stop() == 0);
    auto const emitted =
        co_await read_ledger(installation.client, api, static_cast<std::int64_t>(before.size()));
    // Stopping, the router logs out: nobody is left to read that last event.
    auto const logout = emitted.size() - events;
    CHECK(logout <= 1);
    Verdict const verdict = compare(emitted, before, sink.taken());
    CHECK(verdict.lost == logout);
    CHECK(verdict.duplicates == 0);
    CHECK(verdict.phantom == 0);
    CHECK(verdict.inversions == 0);
    CHECK(sink.refused() >= events / refuse_one_of);
    CHECK(sink.requests() == sink.taken().size() + sink.refused());
    co_await sink.stop();
}

}  // namespace

TEST_CASE("System: a sink that refuses 1 of 25 requests gets each event exactly once", "[system]") {
    Installation installation({"--no-tls"});
    EventSink sink(installation.io, {.refuse_one_of = refuse_one_of});
    run_task(installation.io, check_refusals(installation, sink), 150s);
}
