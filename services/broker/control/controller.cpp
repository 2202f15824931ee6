// SPDX-License-Identifier: Apache-2.0
#include "broker/control/controller.hpp"

#include "common/base/log.hpp"
#include "common/kube/next_change.hpp"

namespace millrace::broker {
namespace {

/// Objects are often written many at a time. What they change is put in force together, so that
/// events and probes are answered in between.
constexpr milliseconds gather_time = 50ms;
constexpr std::size_t concurrent_statuses = 4;

}  // namespace

Controller::Controller(asio::any_io_executor executor, ResourceStore& store, Changed changed)
    : store_(store),
      changed_(std::move(changed)),
      waiting_for_({"Broker", "Trigger", "Service"}),
      changes_(executor),
      broker_statuses_(
          executor, {.name = "broker statuses", .concurrent_max = concurrent_statuses},
          [this](ResourceName name) { return write_status(kinds::broker, std::move(name)); }),
      trigger_statuses_(
          executor, {.name = "trigger statuses", .concurrent_max = concurrent_statuses},
          [this](ResourceName name) { return write_status(kinds::trigger, std::move(name)); }),
      tasks_(executor) {}

void Controller::start(std::string base_url) {
    catalog_.set_base_url(std::move(base_url));
    tasks_.spawn_essential("watch brokers", follow(kinds::broker));
    tasks_.spawn_essential("watch triggers", follow(kinds::trigger));
    tasks_.spawn_essential("watch services", follow(kinds::service));
    tasks_.spawn_essential("put triggers in force", put_in_force());
    broker_statuses_.start();
    trigger_statuses_.start();
}

Task<void> Controller::follow(ResourceKind const& kind) {
    auto const watch = store_.watch(kind, {});
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
    if (!waiting_for_.empty())
        return;
    // What is to be put in force first is looked at then.
    if (is_changed_)
        changes_.notify();
    else
        check_statuses();
}

Task<void> Controller::put_in_force() {
    for (;;) {
        while (!is_changed_ || !waiting_for_.empty())
            if (auto const woken = co_await changes_.wait(); !woken)
                co_return;
        is_changed_ = false;
        changed_(catalog_);
        is_in_force_ = true;
        check_statuses();
        if (auto const slept = co_await sleep_for(gather_time); !slept)
            co_return;
    }
}

/// What is not in force yet has no status to show.
void Controller::check_statuses() {
    if (!is_in_force_)
        return;
    while (auto const key = catalog_.take_unchecked())
        (*key->kind == kinds::broker ? broker_statuses_ : trigger_statuses_).add(key->name);
}

Task<Result<Reconciler::InLine>> Controller::write_status(
    ResourceKind const& kind, ResourceName name) {
    auto const object = co_await store_.get(kind, name);
    if (!object) {
        // One that is gone needs none; one that cannot be used keeps the one it has, and its watch
        // tells when it can be.
        ErrorCode const code = object.error().code;
        if (code == ErrorCode::invalid || code == ErrorCode::not_found)
            co_return Reconciler::InLine();
        co_return std::unexpected(object.error());
    }
    if (auto wanted = catalog_.wanted_status(kind, *object)) {
        auto const put = co_await store_.put_status(kind, name, std::move(*wanted), object->uid());
        if (!put && put.error().code != ErrorCode::not_found)
            co_return std::unexpected(put.error());
    }
    co_return Reconciler::InLine();
}

Task<void> Controller::stop() {
    co_await tasks_.stop();
    co_await broker_statuses_.stop();
    co_await trigger_statuses_.stop();
}

}  // namespace millrace::broker
