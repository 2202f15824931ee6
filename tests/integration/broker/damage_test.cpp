// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <fstream>

#include "common/base/file.hpp"
#include "tests/integration/broker/broker_world.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr std::size_t page_bytes = 8192;
/// Of each event: so that a page has room for few.
constexpr std::size_t padding_bytes = 400;

/// A log of files of 100 events, the first of which is full of events that wait.
Task<void> fill(BrokerWorld& world, Subscriber& subscriber, int events) {
    world.put_trigger("echo", BrokerWorld::spec_to(subscriber.url()));
    co_await world.broker.start();
    for (int i = 1; i <= events; ++i)
        REQUIRE(
            co_await world.send(
                std::to_string(i), {{"ce-padding", std::string(padding_bytes, 'x')}}) == 202);
}

std::filesystem::path segment(BrokerWorld const& world, std::string const& name) {
    return world.folder.path() / "broker" / "segments" / name;
}

std::string log_of(BrokerWorld const& world) {
    return read_file(world.folder.path() / "broker.log", 16 << 20).value_or("");
}

Task<void> check_unwritable_segment(BrokerWorld& world, Subscriber& subscriber) {
    subscriber.delay(300ms);
    co_await fill(world, subscriber, 120);
    // While deliveries of its events are under way the oldest file cannot be opened any more.
    for (char const* suffix : {"", "-wal", "-shm"}) {
        std::error_code ignored;
        auto const file = segment(world, std::string("000001.db") + suffix);
        std::filesystem::rename(file, file.string() + ".away", ignored);
    }
    std::filesystem::create_directory(segment(world, "000001.db"));
    for (int i = 1; i <= 30; ++i)
        CHECK(co_await world.send("new-" + std::to_string(i)) == 202);
    subscriber.delay(0ms);
    co_await subscriber.wait_for([&] { return subscriber.count("new-30") > 0; }, 60s);
    HttpRequest probe;
    auto const ready =
        co_await world.client.send(*parse_url(world.broker.url() + "/readyz"), probe, 5s);
    REQUIRE(ready);
    CHECK(ready->status == 200);
}

Task<void> check_damaged_page(BrokerWorld& world, Subscriber& subscriber) {
    subscriber.delay(60s);
    co_await fill(world, subscriber, 250);
    world.broker.kill_hard();
    {
        // One page in the middle of the first file, which no longer is written to.
        std::fstream file(
            segment(world, "000001.db"), std::ios::binary | std::ios::in | std::ios::out);
        std::string const bytes(std::istreambuf_iterator<char>(file), {});
        std::size_t const at = bytes.find("60", bytes.size() / 2) / page_bytes * page_bytes;
        REQUIRE(at + page_bytes <= bytes.size());
        file.seekp(static_cast<std::streamoff>(at));
        file << std::string(page_bytes, '\0');
    }
    subscriber.delay(0ms);
    co_await world.broker.start();
    CHECK(co_await world.send("after") == 202);
    // Everything of the other files, and all but that page's of the first; several are under way at
    // once, so that the last sent need not be the last received.
    auto const missing = [&](int first, int last) {
        int count = 0;
        for (int i = first; i <= last; ++i)
            count += subscriber.count(std::to_string(i)) == 0 ? 1 : 0;
        return count;
    };
    co_await subscriber.wait_for([&] { return subscriber.count("after") > 0; });
    co_await subscriber.wait_for([&] { return missing(101, 250) == 0; });
    co_await subscriber.wait_for(
        [&] { return missing(1, 100) <= static_cast<int>(page_bytes / padding_bytes); });
    CHECK(log_of(world).find("000001.db") != std::string::npos);
}

}  // namespace

// Review 4.1, attack 3.
TEST_CASE(
    "Damage: an old file that cannot be written stops neither events nor deliveries", "[broker]") {
    BrokerWorld world({.flags = {"--segment-events=100"}});
    Subscriber subscriber(world.io);
    run_task(world.io, check_unwritable_segment(world, subscriber), 120s);
}

// Attack 2.
TEST_CASE("Damage: a bad page costs its own events; the trigger goes on", "[broker]") {
    BrokerWorld world({.flags = {"--segment-events=100"}});
    Subscriber subscriber(world.io);
    run_task(world.io, check_damaged_page(world, subscriber), 120s);
}

// Attack 11, ui-trial 3.
TEST_CASE("Data folder: a second broker on it is refused with the first one's number", "[broker]") {
    BrokerWorld world;
    run_task(world.io, world.broker.start());
    auto const output = world.folder.path() / "second.log";
    std::string const command = std::string(MILLRACE_BINARY_DIR) +
                                "/millrace-broker --state=" + world.folder.path().string() + " > " +
                                output.string() + " 2>&1";
    int const status = std::system(command.c_str());  // NOLINT(cert-env33-c): a command of ours
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 2);
    std::string const said = read_file(output, 1 << 20).value_or("");
    CHECK(said.find("process") != std::string::npos);
    CHECK(said.find("broker") != std::string::npos);
}

// Attack 12.
TEST_CASE("Command line: a word that is no flag stops the start", "[broker]") {
    std::string const command =
        std::string(MILLRACE_BINARY_DIR) + "/millrace-broker nonsense > /dev/null 2>&1";
    int const status = std::system(command.c_str());  // NOLINT(cert-env33-c): a command of ours
    CHECK(WEXITSTATUS(status) == 2);
}
