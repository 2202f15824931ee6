// SPDX-License-Identifier: Apache-2.0
#include "simulator/world/task_registry.hpp"

#include <pugixml.hpp>

#include "tests/support/catch.hpp"

namespace millrace::simulator {
namespace {

SystemTime const now = SystemTime(std::chrono::seconds(1'795'003'200));

TaskRecord power_on() {
    TaskRecord task;
    task.method = "PowerOnVM_Task";
    task.description_id = "VirtualMachine.powerOn";
    task.entity = {{"VirtualMachine", "vm-57"}, "web-01"};
    task.user_name = "ada";
    task.queued = now;
    return task;
}

std::vector<std::string> fields_of(TaskRecord const& task) {
    pugi::xml_document document;
    document.load_string(("<info>" + task_info_xml(task) + "</info>").c_str());
    std::vector<std::string> names;
    for (auto const node : document.child("info").children())
        names.emplace_back(node.name());
    return names;
}

TEST_CASE("Task registry: tasks are numbered and found by their identifier alone", "[simulator]") {
    TaskRegistry tasks;
    auto const first = tasks.begin(power_on()).id;
    auto const second = tasks.begin(power_on()).id;
    CHECK(first == "task-101");
    CHECK(second == "task-102");
    CHECK(tasks.find(second)->id == second);
    for (auto const* none : {"", "task-", "task-7", "task-101x", "101", "tasks-101", "task- 101"}) {
        INFO(none);
        CHECK(tasks.find(none) == nullptr);
    }
}

TEST_CASE("Task registry: a task that has ended says when, and how", "[simulator]") {
    TaskRegistry tasks;
    auto const good = tasks.begin(power_on()).id;
    auto const bad = tasks.begin(power_on()).id;
    tasks.succeed(good, {"VirtualMachineSnapshot", "snapshot-1"}, now + 1s);
    tasks.fail(bad, {"InvalidState", "No.", {}}, now + 2s);
    CHECK(tasks.find(good)->state == TaskState::success);
    CHECK(tasks.find(good)->completed == now + 1s);
    CHECK(tasks.find(good)->progress == 100);
    CHECK(tasks.find(bad)->state == TaskState::error);
    CHECK(tasks.find(bad)->fault->type == "InvalidState");
}

TEST_CASE(
    "Task registry: the generation moves with each change and with nothing else", "[simulator]") {
    TaskRegistry tasks;
    auto const empty = tasks.generation();
    auto const id = tasks.begin(power_on()).id;
    auto const begun = tasks.generation();
    CHECK(begun != empty);
    tasks.succeed("task-9", {}, now);
    tasks.fail("task-9", {}, now);
    CHECK(tasks.generation() == begun);
    tasks.succeed(id, {}, now);
    CHECK(tasks.generation() != begun);
}

TEST_CASE("Task registry: the recent ones come oldest first", "[simulator]") {
    TaskRegistry tasks;
    for (int i = 0; i < 5; ++i)
        tasks.begin(power_on());
    CHECK(tasks.recent(3) == std::vector<std::string>{"task-103", "task-104", "task-105"});
    CHECK(tasks.recent(9).size() == 5);
    CHECK(tasks.recent(0).empty());
}

TEST_CASE("Task registry: a thousand are kept; a running one is never forgotten", "[simulator]") {
    TaskRegistry tasks;
    auto const running = tasks.begin(power_on()).id;
    auto const oldest_done = tasks.begin(power_on()).id;
    tasks.succeed(oldest_done, {}, now);
    for (int i = 0; i < 1'000; ++i)
        tasks.succeed(tasks.begin(power_on()).id, {}, now);
    CHECK(tasks.find(running) != nullptr);
    CHECK(tasks.find(oldest_done) == nullptr);
    CHECK(tasks.recent(2'000).size() == 1'000);
}

TEST_CASE("TaskInfo: its fields stand in the schema's order", "[simulator]") {
    auto task = power_on();
    task.id = "task-1";
    CHECK(
        fields_of(task) == std::vector<std::string>{
                               "key", "task", "name", "descriptionId", "entity", "entityName",
                               "state", "cancelled", "cancelable", "progress", "reason",
                               "queueTime", "startTime", "eventChainId"});
    task.state = TaskState::error;
    task.completed = now;
    task.fault = SoapFault{"InvalidState", "No.", {}};
    CHECK(
        fields_of(task) == std::vector<std::string>{
                               "key", "task", "name", "descriptionId", "entity", "entityName",
                               "state", "cancelled", "cancelable", "error", "reason", "queueTime",
                               "startTime", "completeTime", "eventChainId"});
}

TEST_CASE("TaskInfo: names are data, not markup", "[simulator]") {
    auto task = power_on();
    task.entity.name = "<b>&";
    task.user_name = "a\"b";
    pugi::xml_document document;
    REQUIRE(document.load_string(("<info>" + task_info_xml(task) + "</info>").c_str()));
    CHECK(document.child("info").child("entityName").text().get() == std::string("<b>&"));
    CHECK(
        document.child("info").child("reason").child("userName").text().get() ==
        std::string("a\"b"));
}

}  // namespace
}  // namespace millrace::simulator
