// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/post.hpp>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <type_traits>

#include "common/net/task.hpp"

namespace millrace {

/// One thread that does blocking work (disk) for the io thread, one job after the other.
class WorkerThread {
public:
    /// More than `jobs_max` waiting jobs are refused. `name`: as the system's tools show the
    /// thread, at most 15 characters.
    WorkerThread(asio::any_io_executor io, std::size_t jobs_max, std::string name);
    ~WorkerThread() { stop(); }

    /// Runs `work`, which gives a Result, on the thread. Errors: `unavailable` when too many wait
    /// or the worker is stopping, and those of `work`.
    template <class Work>
    Task<std::invoke_result_t<Work>> run(Work work) {
        using Outcome = std::invoke_result_t<Work>;
        auto initiate = [this](auto handler, Work job) {
            enqueue([this, handler = std::move(handler),
                     job = std::move(job)](bool refused) mutable {
                Outcome outcome = refused ? refusal<Outcome>() : job();
                auto answer = [handler = std::move(handler), outcome = std::move(outcome)] mutable {
                    std::move(handler)(std::move(outcome));
                };
                asio::post(io_, std::move(answer));
            });
        };
        co_return co_await asio::async_initiate<asio::use_awaitable_t<> const, void(Outcome)>(
            std::move(initiate), asio::use_awaitable, std::move(work));
    }

    /// Finishes the job under way, refuses those waiting, ends the thread.
    void stop();

private:
    using Job = std::move_only_function<void(bool refused)>;
    template <class Outcome>
    static Outcome refusal() {
        return failure(ErrorCode::unavailable, "Too many requests wait for the disk.");
    }
    void enqueue(Job job);
    void loop(std::string const& name);

    asio::any_io_executor io_;
    std::size_t jobs_max_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> jobs_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace millrace
