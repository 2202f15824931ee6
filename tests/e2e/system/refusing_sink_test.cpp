// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "common/net/http_server.hpp"
#include "tests/e2e/system/conservation.hpp"
#include "tests/e2e/system/installation.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr std::int64_t events = 3'000;
constexpr std::size_t refuse_one_of = 25;
constexpr milliseconds drain_limit = 90s;

/// Takes events as a sink does, but answers 503 to every 25th request.
class RefusingSink {
public:
    explicit RefusingSink(asio::io_context& io)
        : server_(io.get_executor(), {}, [this](HttpRequest& request) { return take(request); }) {
        server_.start();
    }

    std::string url() const { return server_.url() + "/"; }
    std::size_t requests() const { return requests_; }
    std::size_t refused() const { return refused_; }
    /// What was answered 202, in order: only that counts as received.
    std::vector<Receipt> const& taken() const { return taken_; }
    std::size_t distinct() const { return distinct_.size(); }
    Task<void> stop() { co_await server_.stop(1s); }

private:
    Task<HttpAnswer> take(HttpRequest& request) {
        if (++requests_ % refuse_one_of == 0) {
            ++refused_;
            co_return text_answer(503, "not now\n");
        }
        Receipt receipt;
        receipt.key = std::stoll(std::string(request.headers.get("ce-id")));
        receipt.entity = std::string(request.headers.get("ce-partitionkey"));
        distinct_.insert(receipt.key);
        taken_.push_back(std::move(receipt));
        co_return text_answer(202, "");
    }

    std::size_t requests_ = 0;
    std::size_t refused_ = 0;
    std::vector<Receipt> taken_;
    std::set<std::int64_t> distinct_;
    HttpServer server_;
};

Task<void> check_refusals(Installation& installation, RefusingSink& sink) {
    co_await installation.simulator.start();
    co_await installation.put_source(
        {.address = installation.vcenter_url(), .sink_url = sink.url()});
    co_await installation.router.start();
    co_await installation.wait_for_source("Waiting");
    std::string const api = installation.simulator.url();
    auto const before = co_await read_ledger(installation.client, api, 0);
    auto const received_before = sink.distinct();
    Json burst = Json::object();
    burst["count"] = events;
    burst["entities"] = 40;
    co_await installation.client.post(api + "/api/v1/bursts", std::move(burst));
    CHECK(co_await comes_true(
        [&] { return sink.distinct() >= received_before + events; }, drain_limit));
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
    RefusingSink sink(installation.io);
    run_task(installation.io, check_refusals(installation, sink), 150s);
}
