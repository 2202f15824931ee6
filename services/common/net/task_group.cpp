// SPDX-License-Identifier: Apache-2.0
#include "common/net/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <cstdlib>
#include <exception>
#include <list>

#include "common/base/log.hpp"
#include "common/net/async_signal.hpp"

namespace millrace {
namespace {

/// sysexits.h: an internal error.
constexpr int exit_software = 70;

/// Logs what ended a task. False where it is no fault: it ended by itself or was cancelled.
bool report(std::string const& name, std::exception_ptr const& failure) {
    if (!failure)
        return false;
    try {
        std::rethrow_exception(failure);
    } catch (boost::system::system_error const& error) {
        if (error.code() == asio::error::operation_aborted)
            return false;
        log::error("Task ended by an error.", {{"task", name}, {"error", error.what()}});
    } catch (std::exception const& error) {
        log::error("Task ended by an error.", {{"task", name}, {"error", error.what()}});
    }
    return true;
}

}  // namespace

struct TaskGroup::State {
    struct Running {
        std::string name;
        Kind kind = Kind::ordinary;
        asio::cancellation_signal signal;
    };

    explicit State(asio::any_io_executor on) : executor(on), emptied(on) {}

    asio::any_io_executor executor;
    std::list<Running> running;
    AsyncSignal emptied;
    bool stopping = false;

    void ended(std::list<Running>::iterator task, std::exception_ptr const& failure) {
        bool const is_dead = report(task->name, failure);
        if (is_dead && task->kind == Kind::essential) {
            log::error("The process ends: it cannot work without.", {{"task", task->name}});
            std::_Exit(exit_software);
        }
        running.erase(task);
        if (running.empty())
            emptied.notify();
    }
};

TaskGroup::TaskGroup(asio::any_io_executor executor) : state_(std::make_shared<State>(executor)) {}

void TaskGroup::spawn(std::string name, Task<void> task) {
    start(std::move(name), std::move(task), Kind::ordinary);
}

void TaskGroup::spawn_essential(std::string name, Task<void> task) {
    start(std::move(name), std::move(task), Kind::essential);
}

void TaskGroup::start(std::string name, Task<void> task, Kind kind) {
    if (state_->stopping)
        return;
    auto& entry = state_->running.emplace_back();
    entry.name = std::move(name);
    entry.kind = kind;
    auto const position = std::prev(state_->running.end());
    auto enable_all = [](Task<void> inner) -> Task<void> {
        co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
        co_await std::move(inner);
    };
    asio::co_spawn(
        state_->executor, enable_all(std::move(task)),
        asio::bind_cancellation_slot(
            entry.signal.slot(), [state = state_, position](std::exception_ptr failure) {
                state->ended(position, failure);
            }));
}

std::size_t TaskGroup::size() const {
    return state_->running.size();
}

Task<void> TaskGroup::stop(nanoseconds patience) {
    auto const state = state_;
    state->stopping = true;
    // Posted one by one: emitting can end a task at once and so change the list.
    for (State::Running& task : state->running)
        asio::post(state->executor, [state, &task] {
            for (State::Running& candidate : state->running)
                if (&candidate == &task)
                    return task.signal.emit(asio::cancellation_type::all);
        });
    SteadyTime const warn_at = steady_now() + patience;
    bool warned = false;
    while (!state->running.empty()) {
        // Stopping goes on where the one who stops is cancelled: what is owned must have ended.
        auto const woken = co_await state->emptied.wait_until(warned ? SteadyTime::max() : warn_at);
        static_cast<void>(woken);
        if (state->running.empty() || warned || steady_now() < warn_at)
            continue;
        warned = true;
        for (State::Running const& task : state->running)
            log::warn("Task is slow to stop.", {{"task", task.name}});
    }
}

}  // namespace millrace
