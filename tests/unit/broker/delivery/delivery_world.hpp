// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "broker/delivery/dispatcher.hpp"
#include "common/net/http_server.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/child_service.hpp"

namespace millrace::test {

/// A log, a subscriber on a real socket, and what whoever delivers needs between them.
class DeliveryWorld {
public:
    explicit DeliveryWorld(std::filesystem::path const& at)
        : log({.folder = at / "segments"}, segments),
          totals(at / "totals.db"),
          writer(
              {.io = io, .log = log, .totals = totals, .telemetry = telemetry}, {},
              [this](broker::EventBatch const& batch) { on_stored(batch); }),
          reading(io.get_executor(), 100, "reading"),
          history(segments),
          clients(io.get_executor(), [] { return HttpClientOptions(); }),
          server(io.get_executor(), {}, [this](HttpRequest& request) { return take(request); }) {
        server.start();
    }
    ~DeliveryWorld() {
        writer.stop();
        reading.stop();
    }

    std::shared_ptr<broker::TriggerRoute> route(std::string name, std::string uid = "u-1") const {
        auto made = std::make_shared<broker::TriggerRoute>();
        made->trigger = "default/" + std::move(name);
        made->uid = std::move(uid);
        made->broker = "default/default";
        made->broker_ready = true;
        made->subscriber_url = server.url() + "/";
        made->retry.delay = 1ms;
        return made;
    }
    /// Stores `count` events that `version` matches.
    Task<void> store(int count, broker::TriggerVersionRef version) {
        for (int i = 0; i < count; ++i) {
            auto stored = std::make_shared<broker::StoredEvent>();
            stored->broker = "default/default";
            stored->received_at = system_now();
            stored->event = {.id = std::to_string(++last_id), .source = "/s", .type = "t"};
            stored->asked = std::make_shared<broker::TriggerSet const>(
                broker::TriggerSet{.id = version->id, .members = {version}});
            stored->matches = {version};
            stored->memory_bytes = memory_of(*stored);
            REQUIRE(co_await writer.store({std::move(stored)}));
        }
    }
    Task<bool> gets(std::size_t count) {
        return comes_true([this, count] { return received.size() >= count; }, 20s);
    }
    broker::DispatcherParts parts() {
        return {
            .io = io,
            .clients = clients,
            .writer = writer,
            .reading = reading,
            .history = history,
            .recent = recent,
            .store_reply = [](broker::StoredEventRef const&, CloudEvent) -> Task<Result<void>> {
                co_return Result<void>();
            },
            .settled = [this](broker::DeliveryState state) { settled.push_back(state); },
            .given_up = [this](std::uint64_t count) { given_up += count; },
            .retried = [this] { ++retried; },
            .recorded = [](broker::DeliveryRecord const&) {}};
    }

    asio::io_context io;
    Telemetry telemetry;
    broker::SegmentDirectory segments;
    broker::EventLog log;
    broker::TotalsFile totals;
    std::function<void(broker::EventBatch const&)> on_stored = [](broker::EventBatch const&) {};
    broker::Writer writer;
    WorkerThread reading;
    broker::History history;
    broker::RecentEvents recent{1 << 20, 30s};
    broker::SubscriberClients clients;
    HttpServer server;
    std::vector<std::string> received;
    std::vector<std::string> refused;  ///< ids that are answered 503
    std::vector<broker::DeliveryState> settled;
    std::uint64_t given_up = 0;
    std::uint64_t retried = 0;
    int last_id = 0;

private:
    Task<HttpAnswer> take(HttpRequest& request) {
        std::string id(request.headers.get("ce-id"));
        bool const is_refused = std::ranges::find(refused, id) != refused.end();
        if (!is_refused)
            received.push_back(std::move(id));
        co_return text_answer(is_refused ? 503 : 202, "");
    }
};

inline broker::TriggerVersionRef version(
    std::uint32_t id, std::string const& name, std::string const& uid) {
    return std::make_shared<broker::TriggerVersion const>(
        broker::TriggerVersion{.id = id, .trigger = "default/" + name, .uid = uid, .filter = "{}"});
}

}  // namespace millrace::test
