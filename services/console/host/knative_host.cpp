// SPDX-License-Identifier: Apache-2.0
#include "console/host/knative_host.hpp"

#include <algorithm>
#include <set>

#include "common/function/recipe.hpp"
#include "common/kube/kept_objects.hpp"
#include "common/kube/next_change.hpp"
#include "common/net/async_signal.hpp"
#include "common/net/sse.hpp"
#include "common/net/task_group.hpp"
#include "console/host/pod_log_follower.hpp"
#include "console/host/pod_log_lines.hpp"

namespace millrace::console {
namespace {

/// Several objects change in one breath when a function scales.
constexpr milliseconds settle_time = 100ms;
constexpr milliseconds log_limit = 5s;

/// The objects as three watches keep them.
class KeptObjects {
public:
    explicit KeptObjects(asio::any_io_executor executor) : changed_(std::move(executor)) {}

    /// Until the task is stopped.
    Task<void> follow(std::unique_ptr<Watch> watch, std::vector<Resource> KnativeObjects::* part) {
        while (auto event = co_await next_change(*watch)) {
            if (event->type == WatchEvent::Type::synced)
                synced_.insert(&(objects_.*part));
            else
                keep(objects_.*part, std::move(*event));
            changed_.notify();
        }
    }

    bool is_complete() const { return synced_.size() == 3; }
    KnativeObjects const& objects() const { return objects_; }
    AsyncSignal& changed() { return changed_; }

private:
    KnativeObjects objects_;
    std::set<std::vector<Resource> const*> synced_;
    AsyncSignal changed_;
};

/// Tells what the objects say after each change, until the task is stopped.
Task<void> tell_changes(KeptObjects& kept, FunctionHost::Told const& told) {
    for (Json last;;) {
        Json now = kept.is_complete() ? function_reports(kept.objects()) : Json();
        if (kept.is_complete() && now != last) {
            last = now;
            told(std::move(now));
        }
        if (auto const woken = co_await kept.changed().wait(); !woken)
            co_return;
        if (auto const slept = co_await sleep_for(settle_time); !slept)
            co_return;
    }
}

Task<Result<std::vector<Json>>> read_log(PodLogs& logs, Resource const& pod, int count) {
    auto const body = co_await logs.open(pod.name(), function_container, count, false);
    if (!body)
        co_return std::unexpected(body.error());
    PodLogLines lines(pod.label(revision_label));
    std::vector<Json> all;
    auto const add = [&all](std::vector<Json> some) {
        std::ranges::move(some, std::back_inserter(all));
    };
    for (;;) {
        auto const piece = co_await (*body)->read(log_limit);
        if (!piece)
            co_return std::unexpected(piece.error());
        if (piece->empty())
            break;
        add(lines.take(*piece));
    }
    add(lines.finish());
    co_return all;
}

}  // namespace

KnativeHost::KnativeHost(
    asio::any_io_executor executor, ResourceStore& store, std::unique_ptr<PodLogs> logs,
    std::unique_ptr<ClusterVersions> versions, std::string name_space)
    : executor_(std::move(executor)),
      store_(store),
      logs_(std::move(logs)),
      versions_(std::move(versions)),
      name_space_(std::move(name_space)) {}

Selector KnativeHost::selector(std::string const& function) const {
    std::optional<std::string> const whose =
        function.empty() ? std::nullopt : std::optional(function);
    return {.name_space = name_space_, .name = {}, .labels = {{service_label, whose}}};
}

Task<Result<KnativeObjects>> KnativeHost::look(
    std::vector<Resource> services, std::string function) {
    auto revisions = co_await store_.list(kinds::revision, selector(function));
    if (!revisions)
        co_return std::unexpected(revisions.error());
    auto pods = co_await store_.list(kinds::pod, selector(function));
    if (!pods)
        co_return std::unexpected(pods.error());
    co_return KnativeObjects{std::move(services), std::move(*revisions), std::move(*pods)};
}

Task<Result<Json>> KnativeHost::functions(std::vector<Resource> const& services) {
    auto const objects = co_await look(services, {});
    if (!objects)
        co_return std::unexpected(objects.error());
    co_return function_reports(*objects);
}

Task<void> KnativeHost::follow(Told told) {
    KeptObjects kept(executor_);
    TaskGroup watches(executor_);
    Selector const ours{
        .name_space = name_space_, .name = {}, .labels = {{runtime_label, std::nullopt}}};
    watches.spawn_essential(
        "functions", kept.follow(store_.watch(kinds::service, ours), &KnativeObjects::services));
    watches.spawn_essential(
        "revisions",
        kept.follow(store_.watch(kinds::revision, selector({})), &KnativeObjects::revisions));
    watches.spawn_essential(
        "pods", kept.follow(store_.watch(kinds::pod, selector({})), &KnativeObjects::pods));
    co_await tell_changes(kept, told);
    co_await asio::this_coro::reset_cancellation_state();
    co_await watches.stop();
}

Task<Result<Json>> KnativeHost::revisions(Resource service) {
    std::string const name = service.name().name;
    auto const objects = co_await look({std::move(service)}, name);
    if (!objects)
        co_return std::unexpected(objects.error());
    co_return revision_records(*objects, objects->services.front());
}

Task<Result<Json>> KnativeHost::log(std::string function, std::int64_t lines) {
    auto const pods = co_await store_.list(kinds::pod, selector(function));
    if (!pods)
        co_return std::unexpected(pods.error());
    std::vector<Json> all;
    for (Resource const* pod : pods_with_log(*pods, function)) {
        auto some = co_await read_log(*logs_, *pod, static_cast<int>(lines));
        bool const is_gone = !some && some.error().code == ErrorCode::not_found;
        if (!some && !is_gone)
            co_return std::unexpected(some.error());
        if (some)
            all = merge_lines(std::move(all), std::move(*some), static_cast<std::size_t>(lines));
    }
    co_return Json(std::move(all));
}

Task<Result<HttpAnswer>> KnativeHost::follow_log(std::string function, std::int64_t lines) {
    auto pods = store_.watch(kinds::pod, selector(function));
    auto const follower = std::make_shared<PodLogFollower>(
        executor_, logs_, std::move(pods),
        PodLogFollower::Wish{std::move(function), static_cast<int>(lines)});
    HttpAnswer answer = sse_answer();
    answer.stream = [follower](BodyWriter& writer) { return follower->run(writer); };
    co_return answer;
}

Task<Result<Json>> KnativeHost::platform() {
    auto const versions = co_await versions_->read();
    if (!versions)
        co_return std::unexpected(versions.error());
    Json platform = Json::array();
    for (NamedVersion const& one : *versions)
        platform.push_back({{"name", one.name}, {"version", one.version}});
    co_return platform;
}

}  // namespace millrace::console
