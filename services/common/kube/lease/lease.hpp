// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/kube/lease/lease_machine.hpp"
#include "common/kube/resource_store.hpp"
#include "common/net/async_signal.hpp"
#include "common/net/task_group.hpp"

namespace millrace {

/// A Lease object of a store and the record in it, one at a time. Errors of the store as they are.
class LeaseObject {
public:
    /// `store` outlives it.
    LeaseObject(ResourceStore& store, ResourceName name) : store_(store), name_(std::move(name)) {}

    static LeaseRecord record_of(Resource const& lease);
    Task<Result<LeaseRecord>> read();
    /// Makes one that is nobody's; one that is there already stays as it is.
    Task<Result<LeaseRecord>> make();
    /// Errors: `conflict`: `record.version` is not the current one.
    Task<Result<LeaseRecord>> write(LeaseRecord record);

    ResourceName const& name() const { return name_; }
    std::unique_ptr<Watch> watch() const;

private:
    ResourceStore& store_;
    ResourceName name_;
};

/// Performs what a LeaseMachine decides: acquires a lease, keeps it, gives it back. Losing it ends
/// the process with exit code 70 (TaskGroup::spawn_essential): what goes on writing would do so
/// beside another. One thread.
class Lease {
public:
    /// `identity`: of this process alone.
    Lease(
        asio::any_io_executor executor, LeaseObject object, std::string identity,
        LeaseTimes times = {});

    void start();
    /// Returns when it is ours. Errors: `canceled`.
    Task<Result<void>> acquired();
    bool is_held() const { return machine_.is_held(); }
    /// "Waits for the lease millrace/broker held by broker-1_...".
    std::string waiting_reason() const;
    /// Ends, and gives it back if it is ours: the next may have it at once.
    Task<void> stop();

private:
    Task<void> run();
    Task<void> watch();
    Task<void> perform(LeaseMachine::Next next);
    void note(Result<LeaseRecord> answer, SteadyTime sent, LeaseMachine::Step step);

    LeaseObject object_;
    LeaseMachine machine_;
    std::string logged_;  ///< what last stood in the way
    AsyncSignal changed_;
    TaskGroup tasks_;
};

}  // namespace millrace
