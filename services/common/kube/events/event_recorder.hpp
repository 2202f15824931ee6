// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/kube/events/event_queue.hpp"
#include "common/kube/resource_store.hpp"
#include "common/net/async_signal.hpp"

namespace millrace {

/// Tells news of objects as Kubernetes Events (core v1), at most ten a second. Never waits and
/// never fails whoever tells: what cannot be written is logged and given up. One thread.
class EventRecorder {
public:
    /// `component`: who tells, e.g. "millrace-broker". `store` outlives it.
    EventRecorder(asio::any_io_executor executor, ResourceStore& store, std::string component);

    /// Logged at once, and written if run() is under way.
    void record(ObjectNews news);
    /// Writes what is recorded until its task is stopped. Not where the store is a folder, which
    /// would keep each for ever.
    Task<void> run();

private:
    ResourceStore& store_;
    std::string component_;
    EventQueue queue_;
    AsyncSignal added_;
    bool is_running_ = false;
};

/// The Event object for `counted`, last seen `now`: the same news has the same name. Pure.
Resource event_object(
    EventQueue::Counted const& counted, std::string const& component, SystemTime now);

}  // namespace millrace
