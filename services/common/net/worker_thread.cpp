// SPDX-License-Identifier: Apache-2.0
#include "common/net/worker_thread.hpp"

#include <pthread.h>

namespace millrace {

WorkerThread::WorkerThread(asio::any_io_executor io, std::size_t jobs_max, std::string name)
    : io_(std::move(io)),
      jobs_max_(jobs_max),
      thread_([this, name = std::move(name)] { loop(name); }) {}

void WorkerThread::enqueue(Job job) {
    std::unique_lock lock(mutex_);
    if (stopping_ || jobs_.size() >= jobs_max_) {
        lock.unlock();
        job(true);
        return;
    }
    jobs_.push_back(std::move(job));
    lock.unlock();
    wake_.notify_one();
}

void WorkerThread::loop(std::string const& name) {
    ::pthread_setname_np(::pthread_self(), name.c_str());
    for (;;) {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (jobs_.empty())
            return;
        Job job = std::move(jobs_.front());
        jobs_.pop_front();
        bool const refused = stopping_;
        lock.unlock();
        job(refused);
    }
}

void WorkerThread::stop() {
    {
        std::scoped_lock const lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable())
        thread_.join();
}

}  // namespace millrace
