// SPDX-License-Identifier: Apache-2.0
#include "common/kube/reconciler.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

ResourceName const echo{"default", "echo"};
ResourceName const tag{"default", "tag"};

using InLine = Reconciler::InLine;

/// A reconciler whose work is held back until the test lets it go on.
struct Workshop {
    explicit Workshop(std::size_t concurrent_max)
        : reconciler(
              io.get_executor(),
              {.name = "functions",
               .concurrent_max = concurrent_max,
               .pauses = {.first = 1ms, .longest = 2ms}},
              [this](ResourceName name) { return work(std::move(name)); }),
          begun(io.get_executor()),
          released(io.get_executor()) {
        reconciler.start();
    }

    Task<Result<InLine>> work(ResourceName name) {
        looked_at.push_back(name.name);
        ++under_way;
        most_under_way = std::max(most_under_way, under_way);
        begun.notify();
        while (holding)
            if (auto const waited = co_await released.wait(); !waited)
                break;
        --under_way;
        if (failures > 0) {
            --failures;
            co_return failure(ErrorCode::unavailable, "not yet");
        }
        co_return InLine{.after = again};
    }
    Task<void> wait_for_looks(std::size_t count) {
        while (looked_at.size() < count)
            CHECK(co_await begun.wait(20s));
    }
    /// Everything that is ready now has run.
    Task<void> pass() {
        for (int i = 0; i < 20; ++i)
            co_await asio::post(io.get_executor(), asio::use_awaitable);
    }
    void release() {
        holding = false;
        released.notify();
    }

    asio::io_context io;
    Reconciler reconciler;
    AsyncSignal begun;
    AsyncSignal released;
    std::vector<std::string> looked_at;
    bool holding = false;
    int failures = 0;
    std::optional<nanoseconds> again;
    std::size_t under_way = 0;
    std::size_t most_under_way = 0;
};

Task<void> check_concurrency(Workshop& shop) {
    shop.holding = true;
    for (std::string const name : {"a", "b", "c"})
        shop.reconciler.add({"default", name});
    co_await shop.wait_for_looks(2);
    shop.reconciler.add({"default", "a"});
    co_await shop.pass();
    CHECK(shop.looked_at == std::vector<std::string>{"a", "b"});
    shop.release();
    co_await shop.wait_for_looks(4);
    co_await shop.reconciler.stop();
    CHECK(shop.most_under_way == 2);
    std::ranges::sort(shop.looked_at);
    CHECK(shop.looked_at == std::vector<std::string>{"a", "a", "b", "c"});
}

Task<void> check_retries(Workshop& shop) {
    shop.reconciler.add(echo);
    co_await shop.wait_for_looks(4);
    shop.reconciler.add(tag);
    co_await shop.wait_for_looks(5);
    co_await shop.pass();
    co_await shop.reconciler.stop();
    CHECK(shop.looked_at == std::vector<std::string>{"echo", "echo", "echo", "echo", "tag"});
}

Task<void> check_second_looks(Workshop& shop) {
    shop.reconciler.add(echo);
    co_await shop.wait_for_looks(3);
    co_await shop.reconciler.stop();
}

Task<void> check_stop(Workshop& shop) {
    shop.holding = true;
    shop.reconciler.add(echo);
    co_await shop.wait_for_looks(1);
    co_await shop.reconciler.stop();
    CHECK(shop.under_way == 0);
}

}  // namespace

TEST_CASE("Reconciler: names are worked on by one task each, as many at a time as allowed") {
    Workshop shop(2);
    run_task(shop.io, check_concurrency(shop));
}

TEST_CASE("Reconciler: what failed is tried again until it is in line, then left alone") {
    Workshop shop(1);
    shop.failures = 3;
    run_task(shop.io, check_retries(shop));
}

TEST_CASE("Reconciler: what asks to be looked at again is, without a change") {
    Workshop shop(1);
    shop.again = 1ms;
    run_task(shop.io, check_second_looks(shop));
}

TEST_CASE("Reconciler: stopping ends what is under way") {
    Workshop shop(1);
    run_task(shop.io, check_stop(shop));
}
