// SPDX-License-Identifier: Apache-2.0
#include "common/kube/directory/directory_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <set>

#include "common/base/encoding.hpp"

namespace millrace {
namespace {

constexpr std::uint32_t changes = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
                                  IN_CLOSE_WRITE | IN_DELETE_SELF | IN_ONLYDIR;
/// Should inotify fail (no watches left), changes are still seen, later.
constexpr milliseconds poll_interval = 2s;
/// Several files are often written in a row: one comparison for all.
constexpr milliseconds settle_time = 5ms;

int make_inotify() {
    int const descriptor = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (descriptor < 0)
        throw StartupError(storage_error("Cannot watch folders (inotify)").detail);
    return descriptor;
}

}  // namespace

DirectoryWatch::DirectoryWatch(
    asio::any_io_executor executor, std::filesystem::path root, ResourceKind const& kind)
    : root_(std::move(root)),
      kind_(kind),
      notices_(executor, make_inotify()) {}

void DirectoryWatch::watch_folders() {
    for (auto const* half : {"objects", "status"}) {
        std::filesystem::path const folder = kind_folder(root_, half, kind_);
        std::error_code error;
        std::filesystem::create_directories(folder, error);
        ::inotify_add_watch(notices_.native_handle(), folder.c_str(), changes);
        for (auto const& name_space : std::filesystem::directory_iterator(folder, error))
            ::inotify_add_watch(notices_.native_handle(), name_space.path().c_str(), changes);
    }
}

void DirectoryWatch::compare() {
    watch_folders();
    std::set<ResourceName> present;
    for (ResourceName const& name : list_names(root_, kind_)) {
        present.insert(name);
        auto resource = read_object(root_, kind_, name);
        std::uint64_t const hash = fnv1a(
            resource ? resource->resource_version() : "faults:" + to_string(resource.error()));
        Told& told = told_[name];
        if (told.hash == hash)
            continue;
        told.hash = hash;
        WatchEvent event{.name = name};
        if (resource) {
            told.resource = *resource;
            event.resource = std::move(*resource);
        } else {
            event.type = WatchEvent::Type::invalid;
            event.faults = std::move(resource.error());
        }
        waiting_.push_back(std::move(event));
    }
    std::erase_if(told_, [&](auto& entry) {
        if (present.contains(entry.first))
            return false;
        waiting_.push_back(
            {.type = WatchEvent::Type::deleted,
             .resource = std::move(entry.second.resource),
             .name = entry.first});
        return true;
    });
}

Task<Result<void>> DirectoryWatch::wait_for_change() {
    using namespace asio::experimental::awaitable_operators;
    char notices[4096];
    asio::steady_timer timer(co_await asio::this_coro::executor, poll_interval);
    auto const first = co_await (
        notices_.async_wait(asio::posix::stream_descriptor::wait_read, as_result) ||
        timer.async_wait(as_result));
    auto const code =
        first.index() == 0 ? std::get<0>(std::get<0>(first)) : std::get<0>(std::get<1>(first));
    if (code)
        co_return failure(ErrorCode::canceled, "Stopped.");
    if (first.index() == 0)
        if (auto const slept = co_await sleep_for(settle_time); !slept)
            co_return std::unexpected(slept.error());
    while (::read(notices_.native_handle(), notices, sizeof notices) > 0) {
    }
    co_return Result<void>();
}

Task<Result<WatchEvent>> DirectoryWatch::next() {
    while (waiting_.empty()) {
        if (!synced_) {
            synced_ = true;
            compare();
            waiting_.push_back({.type = WatchEvent::Type::synced});
            break;
        }
        if (auto const changed = co_await wait_for_change(); !changed)
            co_return std::unexpected(changed.error());
        compare();
    }
    WatchEvent event = std::move(waiting_.front());
    waiting_.pop_front();
    co_return event;
}

}  // namespace millrace
