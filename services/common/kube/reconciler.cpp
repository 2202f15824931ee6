// SPDX-License-Identifier: Apache-2.0
#include "common/kube/reconciler.hpp"

#include "common/base/log.hpp"

namespace millrace {

Reconciler::Reconciler(asio::any_io_executor executor, Options options, Reconcile reconcile)
    : options_(std::move(options)),
      reconcile_(std::move(reconcile)),
      queue_(options_.pauses),
      changed_(executor),
      tasks_(executor) {}

void Reconciler::start() {
    tasks_.spawn_essential("reconcile " + options_.name, run());
}

void Reconciler::add(ResourceName const& name) {
    queue_.add(name, steady_now());
    changed_.notify();
}

Task<void> Reconciler::run() {
    for (;;) {
        auto name = working_ < options_.concurrent_max ? queue_.take(steady_now()) : std::nullopt;
        if (name) {
            ++working_;
            tasks_.spawn_essential(options_.name + " " + name->text(), work(std::move(*name)));
            continue;
        }
        bool const is_full = working_ >= options_.concurrent_max;
        SteadyTime const until = is_full ? SteadyTime::max() : queue_.next_due();
        if (auto const woken = co_await changed_.wait_until(until); !woken)
            co_return;
    }
}

Task<void> Reconciler::work(ResourceName name) {
    auto const reconciled = co_await reconcile_(name);
    --working_;
    SteadyTime const now = steady_now();
    if (reconciled) {
        std::optional<SteadyTime> again;
        if (reconciled->after)
            again = now + std::chrono::duration_cast<SteadyTime::duration>(*reconciled->after);
        queue_.settled(name, again);
    } else if (queue_.failed(name, reconciled.error().detail, now)) {
        log::warn(
            "Not as it should be; tried again.", {{"what", options_.name},
                                                  {"name", name.text()},
                                                  {"reason", reconciled.error().detail}});
    }
    changed_.notify();
}

Task<void> Reconciler::stop() {
    co_await tasks_.stop();
}

}  // namespace millrace
