// SPDX-License-Identifier: Apache-2.0
#include "console/host/pod_log_follower.hpp"

#include "common/base/log.hpp"
#include "common/kube/next_change.hpp"
#include "console/host/knative_functions.hpp"
#include "console/host/pod_log_lines.hpp"

namespace millrace::console {
namespace {

constexpr std::size_t lines_queued_max = 2'000;
/// Of an instance that came while somebody reads: all that it has said so far is new.
constexpr int lines_of_new = 2'000;
constexpr milliseconds retry_pause = 2s;
/// A function may say nothing for days; its container's end closes the log.
constexpr nanoseconds silence_max = std::chrono::hours(24);

}  // namespace

PodLogFollower::PodLogFollower(
    asio::any_io_executor executor, std::shared_ptr<PodLogs> logs, std::unique_ptr<Watch> pods,
    Wish wish)
    : logs_(std::move(logs)),
      pods_(std::move(pods)),
      wish_(std::move(wish)),
      queue_(executor, lines_queued_max),
      tasks_(std::move(executor)) {}

Task<void> PodLogFollower::run(BodyWriter& writer) {
    tasks_.spawn("log pods", watch_pods());
    // The page sees at once that it is connected.
    queue_.push(": open\n\n");
    co_await queue_.run_fed_by(tasks_, writer);
}

Task<void> PodLogFollower::watch_pods() {
    for (bool is_synced = false; auto const event = co_await next_change(*pods_);) {
        is_synced |= event->type == WatchEvent::Type::synced;
        if (event->type != WatchEvent::Type::added ||
            pods_with_log({event->resource}, wish_.function).empty())
            continue;
        Resource const& pod = event->resource;
        if (read_.insert(pod.uid() + "/" + std::to_string(restarts_of(pod))).second)
            tasks_.spawn(
                "log " + pod.name().name,
                follow_pod(
                    pod.name(), pod.label(revision_label), is_synced ? lines_of_new : wish_.lines));
    }
}

/// Until its container ends. What breaks off goes on behind the last line.
Task<void> PodLogFollower::follow_pod(ResourceName pod, std::string revision, int lines) {
    for (std::string last_at;; lines = lines_of_new) {
        auto const body = co_await logs_->open(pod, function_container, lines, true);
        bool const is_gone = !body && body.error().code == ErrorCode::not_found;
        if (is_gone)
            co_return;
        if (!body)
            log::warn(
                "The log of an instance cannot be read; tried again.",
                {{"pod", pod.text()}, {"reason", body.error().detail}});
        bool const is_over = body && co_await read_pod(**body, revision, last_at);
        if (is_over)
            co_return;
        if (auto const slept = co_await sleep_for(retry_pause); !slept)
            co_return;
    }
}

/// Whether it was read to its end.
Task<bool> PodLogFollower::read_pod(
    BodyReader& body, std::string const& revision, std::string& last_at) {
    PodLogLines text(revision);
    std::string const had = last_at;
    for (;;) {
        auto const piece = co_await body.read(silence_max);
        if (!piece)
            co_return false;
        push(piece->empty() ? text.finish() : text.take(*piece), had, last_at);
        if (piece->empty())
            co_return true;
    }
}

/// `had`: the time of the last line of an earlier connection. The kubelet's times have nine digits
/// behind the second, always: they sort as texts.
void PodLogFollower::push(
    std::vector<Json> const& lines, std::string const& had, std::string& last_at) {
    for (Json const& line : lines) {
        std::string const at = string_at(line, "at");
        bool const was_told = !had.empty() && at <= had;
        if (was_told)
            continue;
        last_at = at;
        queue_.push(format_sse("log", dump_json(line)));
    }
}

}  // namespace millrace::console
