// SPDX-License-Identifier: Apache-2.0
#include "simulator/world/task_registry.hpp"

#include <algorithm>
#include <charconv>

#include "simulator/world/xml_text.hpp"

namespace millrace::simulator {
namespace {

constexpr std::string_view id_prefix = "task-";

std::uint64_t number_of(std::string_view id) {
    std::uint64_t number = 0;
    if (!id.starts_with(id_prefix))
        return 0;
    id.remove_prefix(id_prefix.size());
    auto const [end, code] = std::from_chars(id.data(), id.data() + id.size(), number);
    return code == std::errc() && end == id.data() + id.size() ? number : 0;
}

}  // namespace

std::string_view to_string(TaskState state) {
    switch (state) {
        case TaskState::running:
            return "running";
        case TaskState::success:
            return "success";
        case TaskState::error:
            return "error";
    }
    return {};
}

TaskRecord& TaskRegistry::begin(TaskRecord task) {
    ++generation_;
    if (tasks_.size() >= tasks_max)
        forget_oldest();
    auto const number = next_++;
    task.id = std::string(id_prefix) + std::to_string(number);
    return tasks_.emplace(number, std::move(task)).first->second;
}

void TaskRegistry::forget_oldest() {
    auto const finished = std::ranges::find_if(
        tasks_, [](auto const& item) { return item.second.state != TaskState::running; });
    if (finished != tasks_.end())
        tasks_.erase(finished);
}

TaskRecord* TaskRegistry::find(std::string_view id) {
    auto const found = tasks_.find(number_of(id));
    return found == tasks_.end() ? nullptr : &found->second;
}

TaskRecord const* TaskRegistry::find(std::string_view id) const {
    auto const found = tasks_.find(number_of(id));
    return found == tasks_.end() ? nullptr : &found->second;
}

void TaskRegistry::succeed(std::string_view id, ManagedReference result, SystemTime now) {
    auto* task = find(id);
    if (!task)
        return;
    ++generation_;
    task->state = TaskState::success;
    task->result = std::move(result);
    task->completed = now;
    task->progress = 100;
}

void TaskRegistry::fail(std::string_view id, SoapFault fault, SystemTime now) {
    auto* task = find(id);
    if (!task)
        return;
    ++generation_;
    task->state = TaskState::error;
    task->fault = std::move(fault);
    task->completed = now;
}

std::vector<std::string> TaskRegistry::recent(std::size_t count) const {
    std::vector<std::string> ids;
    for (auto at = tasks_.rbegin(); at != tasks_.rend() && ids.size() < count; ++at) {
        ids.push_back(at->second.id);
    }
    std::ranges::reverse(ids);
    return ids;
}

std::string task_info_xml(TaskRecord const& task) {
    std::string out = element("key", task.id);
    out += reference_element("task", {"Task", task.id});
    append_element(out, "name", task.method);
    append_element(out, "descriptionId", task.description_id);
    if (!task.entity.empty()) {
        out += reference_element("entity", task.entity.reference);
        append_element(out, "entityName", task.entity.name);
    }
    append_element(out, "state", to_string(task.state));
    out += "<cancelled>false</cancelled><cancelable>false</cancelable>";
    if (task.fault) {
        out += "<error><fault xsi:type=\"" + task.fault->type + "\">" + task.fault->details_xml +
               "</fault>" + element("localizedMessage", task.fault->message) + "</error>";
    }
    if (!task.result.empty()) {
        out += "<result xsi:type=\"ManagedObjectReference\" type=\"" + task.result.type + "\">" +
               task.result.value + "</result>";
    }
    if (task.state == TaskState::running)
        append_element(out, "progress", std::to_string(task.progress));
    out +=
        "<reason xsi:type=\"TaskReasonUser\">" + element("userName", task.user_name) + "</reason>";
    append_element(out, "queueTime", time_text(task.queued));
    append_element(out, "startTime", time_text(task.queued));
    if (task.completed)
        append_element(out, "completeTime", time_text(*task.completed));
    return out + element("eventChainId", std::int64_t{task.chain});
}

}  // namespace millrace::simulator
