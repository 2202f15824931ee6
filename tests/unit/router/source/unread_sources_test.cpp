// SPDX-License-Identifier: Apache-2.0
#include "router/source/unread_sources.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/failing_store.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::router;
using namespace millrace::test;

namespace {

ResourceName const name{"default", "horizon"};

/// What follows HorizonSources, over a store of its own.
struct Following {
    Following()
        : store(io.get_executor(), folder.path()),
          sources(io.get_executor(), store, kinds::horizon_source) {}

    Task<void> put_source(std::string address, ResourceName of = name) {
        Resource source;
        source.object["apiVersion"] = kinds::horizon_source.api_version();
        source.object["kind"] = kinds::horizon_source.kind;
        source.object["metadata"] = {{"name", of.name}, {"namespace", of.name_space}};
        source.object["spec"]["address"] = std::move(address);
        REQUIRE(co_await store.apply(kinds::horizon_source, source));
    }
    Task<Json> status(ResourceName of = name) {
        auto const source = co_await store.get(kinds::horizon_source, of);
        co_return source ? source->status() : Json();
    }
    /// Waits until its status is of this generation.
    Task<void> comes_to_be_told(std::int64_t generation, ResourceName of = name) {
        SteadyTime const deadline = steady_now() + 20s;
        while (integer_at(co_await status(of), "observedGeneration") != generation) {
            REQUIRE(steady_now() < deadline);
            co_await sleep_for(10ms);
        }
    }

    asio::io_context io;
    TemporaryFolder folder;
    FailingStore store;
    UnreadSources sources;
};

Task<void> check_told(Following& in) {
    in.sources.start();
    co_await in.put_source("https://horizon.example.com");
    co_await in.comes_to_be_told(1);
    CHECK(condition_state(co_await in.status(), "Ready") == "False");
    co_await in.put_source("https://other.example.com");
    co_await in.comes_to_be_told(2);
    CHECK(in.store.statuses == 2);
    co_await in.sources.stop();
}

Task<void> check_second_start(Following& in) {
    in.sources.start();
    co_await in.put_source("https://horizon.example.com");
    co_await in.comes_to_be_told(1);
    co_await in.sources.stop();
    UnreadSources again(in.io.get_executor(), in.store, kinds::horizon_source);
    again.start();
    // What is told after the first shows that the first has been looked at.
    ResourceName const later{"default", "later"};
    co_await in.put_source("https://later.example.com", later);
    co_await in.comes_to_be_told(1, later);
    CHECK(in.store.statuses == 2);
    co_await again.stop();
}

Task<void> check_unwritten(Following& in) {
    in.store.is_full = true;
    in.sources.start();
    co_await in.put_source("https://horizon.example.com");
    CHECK(co_await comes_true([&] { return in.store.failures >= 2; }, 20s));
    in.store.is_full = false;
    co_await in.comes_to_be_told(1);
    co_await in.sources.stop();
}

Task<void> check_made_again(Following& in) {
    in.sources.start();
    co_await in.put_source("https://horizon.example.com");
    co_await in.comes_to_be_told(1);
    REQUIRE(co_await in.store.remove(kinds::horizon_source, name, {}));
    co_await in.put_source("https://horizon.example.com");
    co_await in.comes_to_be_told(1);
    co_await in.sources.stop();
}

Task<void> check_unserved(Following& in) {
    in.store.unserved = {kinds::horizon_source.kind};
    in.sources.start();
    co_await in.put_source("https://horizon.example.com");
    CHECK(co_await comes_true([&] { return in.store.failures >= 1; }, 20s));
    CHECK((co_await in.status()).empty());
    in.store.unserved.clear();
    co_await in.comes_to_be_told(1);
    co_await in.sources.stop();
}

}  // namespace

TEST_CASE("Unread sources: each is told once a change that it is not read") {
    Following in;
    run_task(in.io, check_told(in));
}

TEST_CASE("Unread sources: after a restart nothing is written that is there already") {
    Following in;
    run_task(in.io, check_second_start(in));
}

TEST_CASE("Unread sources: a status that cannot be written is tried again") {
    Following in;
    run_task(in.io, check_unwritten(in));
}

TEST_CASE("Unread sources: one that is deleted and made again is told again") {
    Following in;
    run_task(in.io, check_made_again(in));
}

TEST_CASE("Unread sources: a kind that the store does not serve yet is followed once it is") {
    Following in;
    run_task(in.io, check_unserved(in));
}
