// SPDX-License-Identifier: Apache-2.0
#include "simulator/world/fault_plan.hpp"
#include "tests/e2e/system/burst.hpp"
#include "tests/e2e/system/conservation.hpp"
#include "tests/e2e/system/event_sink.hpp"
#include "tests/e2e/system/installation.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr std::int64_t events = 300;
constexpr milliseconds drain_limit = 60s;
constexpr std::int64_t html_ms = 6'000;
/// With back-off from half a second on; without, it was 2,000 a second.
constexpr std::int64_t html_reads_max = 40;

bool is_broken(Emitted const& one) {
    return one.key % simulator::broken_event_divisor == 0;
}

Task<void> start(Installation& installation, EventSink& sink) {
    co_await installation.simulator.start();
    co_await installation.put_source(
        {.address = installation.vcenter_url(), .sink_url = sink.url()});
    co_await installation.router.start();
    co_await installation.wait_for_source("Waiting");
}

Task<void> strike(Installation& installation, Json fault) {
    co_await installation.client.post(
        installation.simulator.url() + "/api/v1/faults", std::move(fault));
}

/// Waits until all events from position `from` of the ledger on have come but the broken ones.
Task<std::size_t> wait_for_all(Installation& installation, EventSink& sink, std::int64_t from) {
    std::string const api = installation.simulator.url();
    co_await wait_for_bursts(installation.client, api, drain_limit);
    auto const emitted = co_await read_ledger(installation.client, api, from);
    CHECK(co_await comes_true(
        [&] {
            return std::ranges::all_of(
                emitted, [&](Emitted const& one) { return is_broken(one) || sink.has(one.key); });
        },
        drain_limit));
    co_return static_cast<std::size_t>(std::ranges::count_if(emitted, is_broken));
}

Task<void> check_broken_events(Installation& installation, EventSink& sink) {
    co_await start(installation, sink);
    auto const from = co_await ledger_length(installation.client, installation.simulator.url());
    co_await strike(installation, {{"kind", "badXml"}, {"mode", "brokenEvents"}});
    co_await start_burst(
        installation.client, installation.simulator.url(), {.count = events, .rate = 1'000});
    std::size_t const broken = co_await wait_for_all(installation, sink, from);
    CHECK(broken > events / 10);
    Json const status = co_await installation.source_status();
    INFO(dump_json(status));
    CHECK(integer_at(status, "unreadable") == static_cast<std::int64_t>(broken));
    CHECK(integer_at(status, "logins") == 1);
    CHECK(string_at(status, "problem").empty());
    co_await sink.stop();
}

Task<void> check_login_page(Installation& installation, EventSink& sink) {
    co_await start(installation, sink);
    std::string const api = installation.simulator.url();
    auto const from = co_await ledger_length(installation.client, api);
    co_await strike(installation, {{"kind", "badXml"}, {"mode", "html"}, {"durationMs", html_ms}});
    co_await start_burst(
        installation.client, installation.simulator.url(), {.count = events, .rate = 1'000});
    bool told = false;
    SteadyTime const over = steady_now() + milliseconds(html_ms);
    while (steady_now() < over) {
        Json const status = co_await installation.source_status();
        told = told || string_at(status, "problem").find("502 Bad Gateway") != std::string::npos;
        co_await sleep_for(100ms);
    }
    Json const faults = co_await installation.client.get(api + "/api/v1/faults");
    CHECK(told);
    CHECK(integer_at(faults, "struck").value_or(0) <= html_reads_max);
    auto const emitted = co_await read_ledger(installation.client, api, from);
    CHECK(co_await comes_true(
        [&] {
            return std::ranges::all_of(
                emitted, [&](Emitted const& one) { return sink.has(one.key); });
        },
        drain_limit));
    Json const status = co_await installation.source_status();
    CHECK(integer_at(status, "unreadable") == 0);
    co_await sink.stop();
}

}  // namespace

// Reports 1: the stream stopped for good behind the first broken event.
TEST_CASE(
    "System: of pages with broken events, all others come and these are counted", "[system]") {
    Installation installation({"--no-tls"});
    EventSink sink(installation.io);
    run_task(installation.io, check_broken_events(installation, sink), 200s);
}

// Reports 4: 1,700 to 2,200 reads a second, each counted as an event left out.
TEST_CASE(
    "System: a page of HTML in place of events is waited out and costs no event", "[system]") {
    Installation installation({"--no-tls"});
    EventSink sink(installation.io);
    run_task(installation.io, check_login_page(installation, sink), 200s);
}
