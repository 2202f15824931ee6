// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery/dispatchers.hpp"

namespace millrace::broker {

Dispatchers::Dispatchers(DispatcherParts parts, DeliveryCursor::Limits limits)
    : parts_(std::move(parts)),
      deliveries_(limits),
      earlier_wake_(parts_.io.get_executor()),
      tasks_(parts_.io.get_executor()) {
    parts_.wake_at = [this](Dispatcher& dispatcher, SteadyTime due) { wake_at(dispatcher, due); };
    tasks_.spawn_essential("wake dispatchers", wake_due());
}

void Dispatchers::retire(std::unique_ptr<TriggerDelivery> delivery) {
    parts_.given_up(delivery->pending());
    delivery->stop();
    auto const found = dispatchers_.find(delivery.get());
    if (found == dispatchers_.end())
        return;
    cancel_wake(*found->second);
    retired_.push_back({.delivery = std::move(delivery), .dispatcher = std::move(found->second)});
    dispatchers_.erase(found);
    tasks_.spawn("retire", end(std::prev(retired_.end())));
}

void Dispatchers::pump(TriggerDelivery& delivery) {
    auto found = dispatchers_.find(&delivery);
    if (found == dispatchers_.end()) {
        if (delivery.cursor().is_caught_up())
            return;
        auto made = std::make_unique<Dispatcher>(parts_, delivery);
        found = dispatchers_.emplace(&delivery, std::move(made)).first;
    }
    found->second->pump();
}

void Dispatchers::set_routes(
    std::vector<TriggerRouteRef> const& routes,
    std::map<std::string, std::string> const& unreadable, std::int64_t head) {
    auto changes = deliveries_.set_routes(routes, unreadable, head);
    for (auto& delivery : changes.removed)
        retire(std::move(delivery));
    for (TriggerDelivery* delivery : changes.readdressed)
        pump(*delivery);
    for (TriggerDelivery* delivery : changes.made)
        pump(*delivery);
}

Task<void> Dispatchers::end(std::list<Retired>::iterator at) {
    co_await at->dispatcher->stop(steady_now());
    retired_.erase(at);
}

void Dispatchers::stored(EventBatch const& events) {
    for (TriggerDelivery* delivery : deliveries_.stored(events))
        pump(*delivery);
}

void Dispatchers::wake_at(Dispatcher& dispatcher, SteadyTime due) {
    cancel_wake(dispatcher);
    bool const is_earliest = wakes_.empty() || due < wakes_.begin()->first;
    wakes_.emplace(due, &dispatcher);
    wake_of_[&dispatcher] = due;
    if (is_earliest)
        earlier_wake_.notify();
}

void Dispatchers::cancel_wake(Dispatcher& dispatcher) {
    auto const found = wake_of_.find(&dispatcher);
    if (found == wake_of_.end())
        return;
    wakes_.erase({found->second, &dispatcher});
    wake_of_.erase(found);
}

Task<void> Dispatchers::wake_due() {
    for (;;) {
        SteadyTime const next = wakes_.empty() ? SteadyTime::max() : wakes_.begin()->first;
        if (steady_now() < next) {
            if (auto const woken = co_await earlier_wake_.wait_until(next); !woken)
                co_return;
            continue;
        }
        Dispatcher& dispatcher = *wakes_.begin()->second;
        cancel_wake(dispatcher);
        dispatcher.pump();
    }
}

Task<void> Dispatchers::stop(milliseconds grace) {
    SteadyTime const deadline = steady_now() + grace;
    for (auto const& [trigger, delivery] : deliveries_.all())
        delivery->stop();
    co_await tasks_.stop();
    for (Retired const& retired : retired_)
        co_await retired.dispatcher->stop(steady_now());
    for (auto const& [delivery, dispatcher] : dispatchers_)
        co_await dispatcher->stop(deadline);
}

}  // namespace millrace::broker
