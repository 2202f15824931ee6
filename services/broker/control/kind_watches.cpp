// SPDX-License-Identifier: Apache-2.0
#include "broker/control/kind_watches.hpp"

#include <algorithm>

#include "common/base/log.hpp"

namespace millrace::broker {
namespace {

/// Before the next try. A kind that can have no addresses is one until somebody makes it anew.
milliseconds pause_after(Error const& problem) {
    return problem.code == ErrorCode::invalid ? 60s : 2s;
}

/// What stands in the way of one watch: told always, logged once a reason.
class Hindrance {
public:
    Hindrance(KindWords const& kind, WatchNews const& news) : kind_(kind), news_(news) {}

    void tell(Error const& error) {
        if (logged_ != error.detail)
            log::warn(
                "Objects cannot be watched; tried again.",
                {{"kind", kind_.text()}, {"error", error.detail}});
        logged_ = error.detail;
        news_.hindered(kind_, error);
    }
    void end() {
        if (logged_.empty())
            return;
        log::info("Objects are watched again.", {{"kind", kind_.text()}});
        logged_.clear();
        news_.hindered(kind_, std::nullopt);
    }

private:
    KindWords const& kind_;
    WatchNews const& news_;
    std::string logged_;
};

/// Tells what `watch` tells until something stands in the way, which is returned.
Task<Error> follow_watch(
    Watch& watch, WatchNews const& news, KindWords kind, Hindrance& hindrance) {
    for (;;) {
        auto event = co_await watch.next();
        if (!event)
            co_return std::move(event.error());
        hindrance.end();
        news.changed(kind, std::move(*event));
    }
}

}  // namespace

Task<void> follow_kind(
    ResourceStore& store, KindWords kind, Selector selector, WatchNews const& news) {
    Hindrance hindrance(kind, news);
    std::unique_ptr<Watch> watch;
    for (;;) {
        Error problem(ErrorCode::canceled, "Stopped.");
        if (watch == nullptr) {
            auto const found = co_await store.discover(kind);
            if (found)
                watch = store.watch(**found, selector);
            else
                problem = found.error();
        }
        // The same watch all along: it knows what it has told, and so what is gone meanwhile.
        if (watch != nullptr)
            problem = co_await follow_watch(*watch, news, kind, hindrance);
        if (problem.code == ErrorCode::canceled)
            co_return;
        hindrance.tell(problem);
        if (auto const slept = co_await sleep_for(pause_after(problem)); !slept)
            co_return;
    }
}

KindWatches::KindWatches(
    asio::any_io_executor executor, ResourceStore& store, WatchNews const& news,
    std::function<void(KindWords const&)> forgotten)
    : executor_(executor),
      store_(store),
      news_(news),
      forgotten_(std::move(forgotten)),
      changed_(std::move(executor)) {}

void KindWatches::follow(std::set<KindWords> kinds) {
    if (kinds == wanted_)
        return;
    wanted_ = std::move(kinds);
    changed_.notify();
}

std::optional<KindWords> KindWatches::next_unwanted() const {
    for (auto const& [kind, tasks] : followed_)
        if (!wanted_.contains(kind))
            return kind;
    return std::nullopt;
}

Task<void> KindWatches::run() {
    for (;;) {
        while (auto const kind = next_unwanted()) {
            co_await followed_.at(*kind)->stop();
            followed_.erase(*kind);
            forgotten_(*kind);
        }
        for (KindWords const& kind : wanted_) {
            auto const [found, is_new] = followed_.try_emplace(kind);
            if (!is_new)
                continue;
            found->second = std::make_unique<TaskGroup>(executor_);
            found->second->spawn_essential(
                "watch " + kind.text(), follow_kind(store_, kind, {}, news_));
        }
        if (auto const woken = co_await changed_.wait(); !woken)
            co_return;
    }
}

Task<void> KindWatches::stop() {
    for (auto const& [kind, tasks] : followed_)
        co_await tasks->stop();
    followed_.clear();
}

}  // namespace millrace::broker
