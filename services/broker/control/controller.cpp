// SPDX-License-Identifier: Apache-2.0
#include "broker/control/controller.hpp"

#include "common/base/log.hpp"

namespace millrace::broker {
namespace {

constexpr milliseconds retry_pause = 2s;

}  // namespace

Controller::Controller(asio::any_io_executor executor, ResourceStore& store, Changed changed)
    : executor_(executor),
      store_(store),
      changed_(std::move(changed)),
      waiting_for_({"Broker", "Trigger", "Service"}),
      dirty_(executor, asio::steady_timer::time_point::max()),
      tasks_(executor) {}

void Controller::start(std::string base_url) {
    catalog_.set_base_url(std::move(base_url));
    tasks_.spawn("watch brokers", follow(kinds::broker));
    tasks_.spawn("watch triggers", follow(kinds::trigger));
    tasks_.spawn("watch services", follow(kinds::service));
    tasks_.spawn("write statuses", write_statuses());
}

Task<void> Controller::follow(ResourceKind const& kind) {
    auto const watch = store_.watch(kind);
    for (;;) {
        auto event = co_await watch->next();
        if (!event)
            co_return;
        take(kind, std::move(*event));
    }
}

void Controller::take(ResourceKind const& kind, WatchEvent event) {
    switch (event.type) {
        case WatchEvent::Type::added:
            catalog_.put(kind, std::move(event.resource));
            break;
        case WatchEvent::Type::deleted:
            catalog_.remove(kind, event.name);
            break;
        case WatchEvent::Type::synced:
            waiting_for_.erase(std::string(kind.kind));
            break;
        case WatchEvent::Type::invalid:
            // What was valid before stays in force: a typing error must not stop deliveries.
            log::error(
                "An object cannot be read; what it was before stays in force.",
                {{"kind", kind.kind},
                 {"name", event.name.text()},
                 {"faults", to_string(event.faults)}});
            return;
    }
    change();
}

void Controller::change() {
    if (!is_synced())
        return;
    changed_(catalog_);
    is_dirty_ = true;
    dirty_.cancel();
}

Task<void> Controller::write_statuses() {
    for (;;) {
        while (!is_dirty_) {
            auto const [code] = co_await dirty_.async_wait(as_result);
            if (code && !is_dirty_)
                co_return;
            is_dirty_ = true;
        }
        is_dirty_ = false;
        dirty_.expires_at(asio::steady_timer::time_point::max());
        co_await write_changed();
    }
}

Task<void> Controller::write_changed() {
    for (Catalog::WantedStatus& wanted : catalog_.changed_statuses()) {
        auto const written =
            co_await store_.put_status(*wanted.kind, wanted.name, std::move(wanted.status));
        if (written || written.error().code == ErrorCode::not_found)
            continue;
        log::warn(
            "A status cannot be written.", {{"kind", wanted.kind->kind},
                                            {"name", wanted.name.text()},
                                            {"error", written.error().detail}});
        dirty_.expires_after(retry_pause);
    }
}

Task<void> Controller::stop() {
    co_await tasks_.stop();
}

}  // namespace millrace::broker
