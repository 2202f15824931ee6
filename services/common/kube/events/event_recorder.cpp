// SPDX-License-Identifier: Apache-2.0
#include "common/kube/events/event_recorder.hpp"

#include <array>
#include <cstdio>

#include "common/base/encoding.hpp"
#include "common/base/log.hpp"

namespace millrace {
namespace {

constexpr ResourceKind event_kind{"", "v1", "Event", "events"};
constexpr milliseconds pause = 100ms;

std::string name_of(ObjectNews const& news, std::string const& component) {
    std::array<char, 17> digits{};
    std::snprintf(
        digits.data(), digits.size(), "%016llx",
        static_cast<unsigned long long>(fnv1a(
            news.uid + "\n" + news.kind.text() + "\n" + news.name.text() + "\n" + news.reason +
            "\n" + news.message)));
    return component + "." + digits.data();
}

}  // namespace

Resource event_object(
    EventQueue::Counted const& counted, std::string const& component, SystemTime now) {
    ObjectNews const& news = counted.news;
    auto const text = [](SystemTime time) {
        return format_rfc3339(std::chrono::floor<seconds>(time));
    };
    Json object;
    object["apiVersion"] = event_kind.api_version();
    object["kind"] = event_kind.kind;
    object["metadata"] = {{"name", name_of(news, component)}, {"namespace", news.name.name_space}};
    object["involvedObject"] = {
        {"apiVersion", news.kind.api_version},
        {"kind", news.kind.kind},
        {"namespace", news.name.name_space},
        {"name", news.name.name},
        {"uid", news.uid}};
    object["type"] = news.type == ObjectNews::Type::warning ? "Warning" : "Normal";
    object["reason"] = news.reason;
    object["message"] = news.message;
    object["count"] = counted.count;
    object["firstTimestamp"] = text(counted.first);
    object["lastTimestamp"] = text(now);
    object["source"] = {{"component", component}};
    return {.object = std::move(object)};
}

EventRecorder::EventRecorder(
    asio::any_io_executor executor, ResourceStore& store, std::string component)
    : store_(store),
      component_(std::move(component)),
      added_(std::move(executor)) {}

void EventRecorder::record(ObjectNews news) {
    auto const write = news.type == ObjectNews::Type::warning ? log::warn : log::info;
    write(
        news.message,
        {{"kind", news.kind.kind}, {"name", news.name.text()}, {"reason", news.reason}});
    if (!is_running_)
        return;
    queue_.add(std::move(news), system_now());
    added_.notify();
}

Task<void> EventRecorder::run() {
    is_running_ = true;
    for (;;) {
        auto const next = queue_.take();
        if (!next) {
            if (auto const woken = co_await added_.wait(); !woken)
                co_return;
            continue;
        }
        auto const written =
            co_await store_.apply(event_kind, event_object(*next, component_, system_now()));
        if (!written && written.error().code == ErrorCode::canceled)
            co_return;
        if (!written)
            log::warn(
                "An Event cannot be written; it is left out.",
                {{"name", next->news.name.text()}, {"error", written.error().detail}});
        if (auto const slept = co_await sleep_for(pause); !slept)
            co_return;
    }
}

}  // namespace millrace
