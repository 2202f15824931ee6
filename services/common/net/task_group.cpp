// SPDX-License-Identifier: Apache-2.0
#include "common/net/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <exception>
#include <list>

#include "common/base/log.hpp"

namespace millrace {
namespace {

struct Running {
    std::string name;
    asio::cancellation_signal signal;
};

}  // namespace

struct TaskGroup::State {
    explicit State(asio::any_io_executor on)
        : executor(on),
          emptied(on, asio::steady_timer::time_point::max()) {}

    asio::any_io_executor executor;
    std::list<Running> running;
    asio::steady_timer emptied;
    bool stopping = false;

    void ended(std::list<Running>::iterator task, std::exception_ptr const& failure) {
        report(task->name, failure);
        running.erase(task);
        if (running.empty())
            emptied.cancel();
    }

    static void report(std::string const& name, std::exception_ptr const& failure) {
        if (!failure)
            return;
        try {
            std::rethrow_exception(failure);
        } catch (boost::system::system_error const& error) {
            if (error.code() != asio::error::operation_aborted)
                log::error("Task ended by an error.", {{"task", name}, {"error", error.what()}});
        } catch (std::exception const& error) {
            log::error("Task ended by an error.", {{"task", name}, {"error", error.what()}});
        }
    }
};

TaskGroup::TaskGroup(asio::any_io_executor executor) : state_(std::make_shared<State>(executor)) {}

void TaskGroup::spawn(std::string name, Task<void> task) {
    if (state_->stopping)
        return;
    auto& entry = state_->running.emplace_back();
    entry.name = std::move(name);
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
    for (Running& task : state->running)
        asio::post(state->executor, [state, &task] {
            for (Running& candidate : state->running)
                if (&candidate == &task)
                    return task.signal.emit(asio::cancellation_type::all);
        });
    auto const warn_at = steady_now() + patience;
    bool warned = false;
    while (!state->running.empty()) {
        state->emptied.expires_at(
            warned ? asio::steady_timer::time_point::max()
                   : std::chrono::time_point_cast<asio::steady_timer::duration>(warn_at));
        co_await state->emptied.async_wait(as_result);
        if (state->running.empty() || warned || steady_now() < warn_at)
            continue;
        warned = true;
        for (Running const& task : state->running)
            log::warn("Task is slow to stop.", {{"task", task.name}});
    }
}

}  // namespace millrace
