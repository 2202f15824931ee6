// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <set>

#include "common/kube/api_server/pod_logs.hpp"
#include "common/kube/resource_store.hpp"
#include "common/net/sse.hpp"
#include "common/net/task_group.hpp"

namespace millrace::console {

/// The log of one function for one reader: of the instances there are, and of each that comes while
/// it is read. A slow reader is told how many lines it has missed.
class PodLogFollower {
public:
    struct Wish {
        std::string function;
        int lines = 0;  ///< of what each instance has printed already
    };
    /// `pods`: a watch of the function's pods.
    PodLogFollower(
        asio::any_io_executor executor, std::shared_ptr<PodLogs> logs, std::unique_ptr<Watch> pods,
        Wish wish);

    /// Writes until the peer goes or the task is stopped.
    Task<void> run(BodyWriter& writer);

private:
    Task<void> watch_pods();
    Task<void> follow_pod(ResourceName pod, std::string revision, int lines);
    Task<bool> read_pod(BodyReader& body, std::string const& revision, std::string& last_at);
    void push(std::vector<Json> const& lines, std::string const& had, std::string& last_at);

    std::shared_ptr<PodLogs> logs_;
    std::unique_ptr<Watch> pods_;
    Wish wish_;
    std::set<std::string> read_;  ///< runs of containers that are read or were
    SseQueue queue_;
    TaskGroup tasks_;
};

}  // namespace millrace::console
