// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/broker/built_history.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <random>
#include <stdexcept>

#include "broker/history/event_text.hpp"
#include "broker/history/history.hpp"
#include "broker/history/word_index.hpp"
#include "broker/log/event_log.hpp"
#include "tests/bench/broker/load.hpp"
#include "tests/support/run_task.hpp"

namespace millrace::bench {
using namespace broker;
namespace {

constexpr std::array<char const*, 8> types = {
    "UserLoginSessionEvent",   "UserLogoutSessionEvent",     "TaskEvent",
    "AlarmStatusChangedEvent", "VmPoweredOnEvent",           "VmPoweredOffEvent",
    "VmMigratedEvent",         "EnteredMaintenanceModeEvent"};

std::shared_ptr<StoredEvent> event_of(std::int64_t number, TriggerSetRef const& asked) {
    auto stored = std::make_shared<StoredEvent>();
    // Mostly logins, rarely maintenance: index by the square of a fraction.
    auto const fraction = static_cast<double>(number * 7919 % 10'007) / 10'007;
    std::string const kind = types.at(static_cast<std::size_t>(fraction * fraction * 8));
    std::string const name = "vm-" + std::to_string(number % 5000);
    stored->broker = "default/default";
    stored->received_at = SystemTime(seconds(1'700'000'000)) + milliseconds(50 * number);
    stored->ttl = 255;
    stored->event = {
        .id = std::to_string(number),
        .source = "https://vcenter.example.com/sdk",
        .type = "com.vmware.vsphere." + kind + ".v0",
        .subject = kind,
        .time = "2026-11-22T10:03:53.472846Z",
        .datacontenttype = "application/json"};
    stored->event.set_attribute("vmname", name);
    stored->event.set_attribute("partitionkey", name);
    stored->event.data = sample_data(name);
    stored->event.has_data = true;
    stored->summary = summary_of(stored->event);
    stored->asked = asked;
    stored->lane = lane_of(stored->event);
    stored->memory_bytes = memory_of(*stored);
    return stored;
}

void check(Result<void> const& done) {
    if (!done)
        throw std::runtime_error(done.error().detail);
}

/// The one number that `sql` asks for; 0 where the file or the row does not exist yet.
std::int64_t number_in(std::filesystem::path const& file, char const* sql) {
    auto database = Database::open_to_read(file);
    if (!database)
        return 0;
    auto statement = database->prepare(sql);
    return statement && statement->step().value_or(false) ? statement->integer(0) : 0;
}

std::filesystem::path newest_segment(std::filesystem::path const& folder) {
    std::filesystem::path newest;
    for (auto const& entry : std::filesystem::directory_iterator(folder / "segments"))
        if (entry.path().extension() == ".db")
            newest = std::max(newest, entry.path());
    return newest;
}

Task<void> until_indexed(std::filesystem::path folder) {
    std::filesystem::path const events = newest_segment(folder);
    std::filesystem::path index = events;
    index.replace_extension(".idx");
    std::int64_t const last = number_in(events, "SELECT MAX(seq) FROM events");
    while (number_in(index, "SELECT value FROM meta WHERE key='indexed_to'") < last)
        co_await sleep_for(10ms);
}

double milliseconds_of(History& history, SearchQuery const& query, HistoryPage& page) {
    auto const begin = steady_now();
    auto result = history.search(query, 80ms);
    if (!result)
        throw std::runtime_error(result.error().detail);
    page = std::move(*result);
    return std::chrono::duration<double, std::milli>(steady_now() - begin).count();
}

struct Kind {
    char const* name;
    SearchQuery query;
};

std::vector<Kind> kinds_of_search(std::int64_t events) {
    std::string const common = "com.vmware.vsphere.UserLoginSessionEvent.v0";
    std::string const rare = "com.vmware.vsphere.EnteredMaintenanceModeEvent.v0";
    SystemTime const middle = SystemTime(seconds(1'700'000'000)) + milliseconds(50 * (events / 2));
    return {
        {"newest", {}},
        {"common type", {.type = common}},
        {"rare type", {.type = rare}},
        {"absent type", {.type = "none"}},
        {"one VM", {.words = {"vm", "4321"}}},
        {"word of every event", {.words = {"powered"}}},
        {"absent word", {.words = {"zebra"}}},
        {"type and VM", {.type = rare, .words = {"vm", "4321"}}},
        {"one id", {.words = {std::to_string(events / 3)}}},
        {"an hour in the middle", {.words = {"4321"}, .from = middle, .to = middle + 1h}},
        {"second page of a VM", {.words = {"vm", "77"}, .before_seq = events - events / 10}}};
}

}  // namespace

double build_history(std::filesystem::path const& folder, std::int64_t events) {
    auto const begin = steady_now();
    SegmentDirectory segments;
    EventLogOptions options;
    options.folder = folder / "segments";
    options.retention.bytes = std::int64_t{1} << 40;
    {
        EventLog log(options, segments);
        auto const version = std::make_shared<TriggerVersion const>(TriggerVersion{
            .id = 1,
            .trigger = "default/default",
            .filter = R"({"filter": {"attributes": {"x": "y"}}})"});
        auto const asked =
            std::make_shared<TriggerSet const>(TriggerSet{.id = 1, .members = {version}});
        for (std::int64_t next = log.next_seq(); next <= events;) {
            std::vector<std::shared_ptr<StoredEvent>> batch;
            for (; next <= events && batch.size() < 2000; ++next)
                batch.push_back(event_of(next, asked));
            check(log.append(batch, {}));
            check(log.roll_if_full());
        }
    }
    EventLog const log(options, segments);
    WordIndexer const indexer(segments);
    wait_until_indexed(folder);
    return std::chrono::duration<double>(steady_now() - begin).count();
}

void wait_until_indexed(std::filesystem::path const& folder) {
    asio::io_context io(1);
    test::run_task(io, until_indexed(folder), 1h);
}

void measure_searches(std::filesystem::path const& folder) {
    SegmentDirectory segments;
    EventLogOptions options;
    options.folder = folder / "segments";
    std::int64_t const events = EventLog(options, segments).next_seq() - 1;
    History history(segments);
    for (Kind const& kind : kinds_of_search(events)) {
        std::vector<double> times;
        HistoryPage page;
        for (int i = 0; i < 15; ++i)
            times.push_back(milliseconds_of(history, kind.query, page));
        double const first = times.front();
        std::ranges::sort(times);
        std::printf(
            "{\"bench\":\"broker search\",\"kind\":\"%s\",\"events\":%lld,\"rows\":%zu,"
            "\"complete\":%s,\"first_ms\":%.2f,\"median_ms\":%.2f,\"max_ms\":%.2f}\n",
            kind.name, static_cast<long long>(events), page.rows.size(),
            page.complete ? "true" : "false", first, times[times.size() / 2], times.back());
        std::fflush(stdout);
    }
}

}  // namespace millrace::bench
