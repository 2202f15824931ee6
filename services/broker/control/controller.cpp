// SPDX-License-Identifier: Apache-2.0
#include "broker/control/controller.hpp"

#include "common/base/log.hpp"
#include "common/kube/next_change.hpp"

namespace millrace::broker {
namespace {

constexpr milliseconds retry_pause = 2s;
/// Objects are often written many at a time. What they change is put in force together, so that
/// events and probes are answered in between.
constexpr milliseconds gather_time = 50ms;

}  // namespace

Controller::Controller(asio::any_io_executor executor, ResourceStore& store, Changed changed)
    : store_(store),
      changed_(std::move(changed)),
      waiting_for_({"Broker", "Trigger", "Service"}),
      changes_(executor),
      statuses_(executor),
      tasks_(executor) {}

void Controller::start(std::string base_url) {
    catalog_.set_base_url(std::move(base_url));
    tasks_.spawn_essential("watch brokers", follow(kinds::broker));
    tasks_.spawn_essential("watch triggers", follow(kinds::trigger));
    tasks_.spawn_essential("watch services", follow(kinds::service));
    tasks_.spawn_essential("put triggers in force", put_in_force());
    tasks_.spawn_essential("write statuses", write_statuses());
}

Task<void> Controller::follow(ResourceKind const& kind) {
    auto const watch = store_.watch(kind);
    while (auto event = co_await next_change(*watch))
        take(kind, std::move(*event));
}

void Controller::take(ResourceKind const& kind, WatchEvent event) {
    bool is_changed = true;
    switch (event.type) {
        case WatchEvent::Type::added:
            is_changed = catalog_.put(kind, std::move(event.resource));
            break;
        case WatchEvent::Type::deleted:
            catalog_.remove(kind, event.name);
            break;
        case WatchEvent::Type::synced:
            waiting_for_.erase(std::string(kind.kind));
            break;
        case WatchEvent::Type::invalid:
            log::error(
                "An object cannot be read; what it was before stays in force.",
                {{"kind", kind.kind},
                 {"name", event.name.text()},
                 {"faults", to_string(event.faults)}});
            catalog_.put_unreadable(kind, event.name, event.faults);
            break;
    }
    is_changed_ = is_changed_ || is_changed;
    may_differ_ = true;
    if (!waiting_for_.empty())
        return;
    changes_.notify();
    statuses_.notify();
}

Task<void> Controller::put_in_force() {
    for (;;) {
        while (!is_changed_ || !waiting_for_.empty())
            if (auto const woken = co_await changes_.wait(); !woken)
                co_return;
        is_changed_ = false;
        changed_(catalog_);
        is_in_force_ = true;
        may_differ_ = true;
        statuses_.notify();
        if (auto const slept = co_await sleep_for(gather_time); !slept)
            co_return;
    }
}

Task<void> Controller::write_statuses() {
    for (;;) {
        while (!may_differ_ || !is_in_force_)
            if (auto const woken = co_await statuses_.wait(); !woken)
                co_return;
        may_differ_ = false;
        bool const all_written = co_await write_changed();
        may_differ_ = may_differ_ || !all_written;
        if (auto const slept = co_await sleep_for(all_written ? gather_time : retry_pause); !slept)
            co_return;
    }
}

Task<bool> Controller::write_changed() {
    std::vector<Catalog::ObjectKey> unwritten;
    while (auto const key = catalog_.take_unchecked()) {
        auto const written = co_await write_status(*key);
        if (written || written.error().code == ErrorCode::not_found)
            continue;
        log::warn(
            "A status cannot be written.", {{"kind", key->kind->kind},
                                            {"name", key->name.text()},
                                            {"error", written.error().detail}});
        unwritten.push_back(*key);
    }
    for (Catalog::ObjectKey const& key : unwritten)
        catalog_.recheck(key);
    co_return unwritten.empty();
}

Task<Result<void>> Controller::write_status(Catalog::ObjectKey const& key) {
    auto const object = co_await store_.get(*key.kind, key.name);
    // One that cannot be used keeps the status it has; its watch tells when it can be.
    if (!object && object.error().code == ErrorCode::invalid)
        co_return Result<void>();
    if (!object)
        co_return std::unexpected(object.error());
    auto wanted = catalog_.wanted_status(*key.kind, *object);
    if (!wanted)
        co_return Result<void>();
    co_return co_await store_.put_status(*key.kind, key.name, std::move(*wanted));
}

Task<void> Controller::stop() {
    co_await tasks_.stop();
}

}  // namespace millrace::broker
