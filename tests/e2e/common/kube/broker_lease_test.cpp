// SPDX-License-Identifier: Apache-2.0
// Two brokers, one volume, one Lease in a real API server: at most one of them writes.
#include "tests/e2e/common/kube/running_api.hpp"
#include "tests/e2e/common/kube/running_broker.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr int exit_of_lost_lease = 70;

std::vector<std::string> flags_of(TemporaryFolder const& data) {
    return {"--lease=default/broker", "--data=" + data.path().string()};
}

Task<bool> waits(RunningBroker const& broker) {
    SteadyTime const deadline = steady_now() + 20s;
    while (steady_now() < deadline) {
        auto const answer = co_await broker.readiness();
        if (answer.status == 503 &&
            answer.body.starts_with("Waits for the lease default/broker held by "))
            co_return true;
        co_await sleep_for(20ms);
    }
    co_return false;
}

milliseconds since(SteadyTime begin) {
    return std::chrono::duration_cast<milliseconds>(steady_now() - begin);
}

Task<void> check_hand_over(RunningBroker& first, RunningBroker& second) {
    co_await first.process().start();
    second.process().spawn();
    CHECK(co_await waits(second));
    CHECK(co_await second.post("1", "a") == 503);
    SteadyTime const stopped = steady_now();
    CHECK(co_await first.process().stop() == 0);
    co_await second.process().wait_until_ready();
    WARN("ready " << since(stopped).count() << " ms after a clean stop was asked for");
    CHECK(since(stopped) < 5s);

    // Whoever is killed gives nothing back: its time has to pass.
    first.process().spawn();
    CHECK(co_await waits(first));
    SteadyTime const killed = steady_now();
    second.process().kill_hard();
    co_await first.process().wait_until_ready();
    WARN("ready " << since(killed).count() << " ms after a kill -9");
    CHECK(since(killed) > 9s);
    CHECK(since(killed) < 20s);
    CHECK(co_await first.process().stop() == 0);
}

Task<void> check_loss(RunningBroker& broker) {
    co_await broker.process().start();
    running_api().kubectl(
        "patch lease broker -n default --type=merge -p "
        "'{\"spec\":{\"holderIdentity\":\"thief\"}}'");
    auto const code = co_await broker.process().wait_for_end(20s);
    CHECK(code == exit_of_lost_lease);
    CHECK(broker.process().log().contains("The lease default/broker is not ours any more."));
    running_api().kubectl("delete lease broker -n default");
}

Task<void> check_silence(RunningBroker& broker) {
    co_await broker.process().start();
    running_api().kill_api_server();
    SteadyTime const killed = steady_now();
    auto const code = co_await broker.process().wait_for_end(20s);
    CHECK(code == exit_of_lost_lease);
    WARN("ended " << since(killed).count() << " ms after the API server was gone");
    // Others leave the lease alone for 15 s.
    CHECK(since(killed) < 15s);
    running_api().start();
    running_api().kubectl("delete lease broker -n default");
}

}  // namespace

TEST_CASE("Broker lease: a second replica waits, and takes over after a stop and after a kill") {
    TemporaryFolder const data;
    asio::io_context io;
    RunningBroker first(flags_of(data));
    RunningBroker second(flags_of(data));
    run_task(io, check_hand_over(first, second), 120s);
}

TEST_CASE("Broker lease: who finds another's name in it ends") {
    TemporaryFolder const data;
    asio::io_context io;
    RunningBroker broker(flags_of(data));
    run_task(io, check_loss(broker), 60s);
}

TEST_CASE("Broker lease: who cannot renew it ends before another may begin") {
    TemporaryFolder const data;
    asio::io_context io;
    RunningBroker broker(flags_of(data));
    run_task(io, check_silence(broker), 60s);
}
