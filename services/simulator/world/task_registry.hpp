// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.hpp"
#include "simulator/world/managed_reference.hpp"

namespace millrace::simulator {

/// A vSphere fault: its class, e.g. "InvalidPowerState", and its sentence. `details_xml` are the
/// elements of its own fields.
struct SoapFault {
    std::string type;
    std::string message;
    std::string details_xml;
};

enum class TaskState { running, success, error };
std::string_view to_string(TaskState state);

/// A vSphere Task with what TaskInfo tells of it.
struct TaskRecord {
    std::string id;              ///< "task-104"
    std::string method;          ///< "PowerOnVM_Task"
    std::string description_id;  ///< "VirtualMachine.powerOn"
    NamedReference entity;
    std::string user_name;
    TaskState state = TaskState::running;
    SystemTime queued;
    std::optional<SystemTime> completed;
    int progress = 0;
    std::int32_t chain = 0;
    std::optional<SoapFault> fault;
    ManagedReference result;  ///< e.g. the new snapshot; empty: none
};

/// The tasks of this vCenter; finished ones beyond the newest 1,000 are forgotten.
class TaskRegistry {
public:
    TaskRecord& begin(TaskRecord task);
    TaskRecord* find(std::string_view id);
    TaskRecord const* find(std::string_view id) const;
    void succeed(std::string_view id, ManagedReference result, SystemTime now);
    void fail(std::string_view id, SoapFault fault, SystemTime now);
    /// The newest, oldest of them first: TaskManager.recentTask.
    std::vector<std::string> recent(std::size_t count) const;
    /// Bumped with each change.
    std::uint64_t generation() const { return generation_; }

private:
    static constexpr std::size_t tasks_max = 1'000;
    void forget_oldest();

    std::map<std::uint64_t, TaskRecord> tasks_;
    std::uint64_t next_ = 101;
    std::uint64_t generation_ = 0;
};

/// The TaskInfo fields in vSphere's order, without a surrounding element.
std::string task_info_xml(TaskRecord const& task);

}  // namespace millrace::simulator
