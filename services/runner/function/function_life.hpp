// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace millrace::runner {

/// The life of one function: which calls are let in, which worker gets which call, when a worker is
/// started or ends, and how all of it comes to rest. Says what is to be done and is told what
/// happened. Pure: no processes, no sockets, no clock.
///
/// A worker belongs to the revision it was started for, and has as many calls at once as that one's
/// scale says. A new revision is tried by one worker of its own (the trial); when that is ready the
/// revision serves and the workers of the one before end, each after the calls it has.
class FunctionLife {
public:
    enum class Worker : std::uint64_t {};
    enum class Call : std::uint64_t {};

    struct Scale {
        std::size_t workers_min = 0;  ///< so many stay, however long they are idle
        std::size_t workers_max = 1;
        std::size_t calls_per_worker = 1;  ///< at once
    };

    enum class WorkerState {
        starting,  ///< its process is being started; it may have its first calls already
        ready,     ///< without a call
        busy,      ///< with a call; there may be a place for more
        ending,    ///< has nothing to do: ask it to end
        killed,    ///< is not to be waited for: kill it
    };
    enum class CallState {
        waiting,    ///< for a worker
        given,      ///< a worker has it
        no_worker,  ///< refused: no revision serves
        crowded,    ///< refused: too many wait
        closing,    ///< refused: the function is about to be no more
    };
    enum class Trial { none, running, passed, failed };

    static constexpr std::size_t waiting_max = 200;

    // What happened.

    /// A call came in. Its caller asks state() and in the end says left().
    Call admit();
    /// The caller is through with it: answered, refused, or it does not wait any longer. A worker
    /// that has the call goes on with it all the same.
    void left(Call call);
    /// A revision is to be tried. Pre: not closing(), no trial is running.
    Worker try_revision(Scale scale);
    /// The worker waits for calls.
    void started(Worker worker);
    /// The worker could not start, or died, or broke its protocol or deadline: it is killed, and
    /// all calls it had are over.
    void failed(Worker worker);
    /// The worker has answered the call. Not one it has: nothing happens.
    void answered(Worker worker, Call call);
    /// The worker had nothing to do for as long as it may.
    void idle(Worker worker);
    /// The worker's process is gone.
    void ended(Worker worker);
    /// No call is let in, no worker is started any more; what workers have is finished.
    void close();
    /// After close(): what workers still have is given up.
    void cut();

    // What is to be done.

    /// The next worker whose process is to be started; each is told once.
    std::optional<Worker> take_start();
    struct Order {
        Worker worker;
        Call call;

        bool operator==(Order const&) const = default;
    };
    /// The next call that a worker is to handle now; each is told once.
    std::optional<Order> take_order();
    WorkerState state(Worker worker) const { return workers_.at(worker).state; }
    std::set<Call> const& calls_of(Worker worker) const { return workers_.at(worker).calls; }
    CallState state(Call call) const { return calls_.at(call); }

    // How it stands.

    Trial trial() const { return trial_; }
    bool serves() const { return serving_ != 0; }
    bool closing() const { return closing_; }
    /// Closing, and nothing is left: no worker and no caller.
    bool closed() const { return closing_ && workers_.empty() && calls_.empty(); }
    /// Workers that can be given calls now or after those they have.
    std::size_t active() const;
    std::size_t waiting() const { return waiting_.size(); }
    std::size_t workers_max() const { return scale_.workers_max; }
    std::vector<Worker> workers() const;

private:
    struct WorkerEntry {
        std::uint64_t revision = 0;
        WorkerState state = WorkerState::starting;
        std::set<Call> calls;
    };
    Worker add_worker(std::uint64_t revision);
    std::optional<Worker> free_worker() const;
    void give(Worker worker, Call call);
    void hand_out();
    void take_over(std::uint64_t revision);
    void end_trial(Worker worker, Trial outcome);
    bool is_active(WorkerEntry const& entry) const;

    std::map<Worker, WorkerEntry> workers_;
    std::map<Call, CallState> calls_;
    std::deque<Call> waiting_;
    std::deque<Worker> starts_;
    std::deque<Order> orders_;
    std::uint64_t last_worker_ = 0;
    std::uint64_t last_call_ = 0;
    std::uint64_t last_revision_ = 0;
    std::uint64_t serving_ = 0;  ///< revision; 0: none
    Scale scale_;                ///< of the revision that serves
    std::optional<Worker> on_trial_;
    Scale trial_scale_;
    Trial trial_ = Trial::none;
    bool closing_ = false;
};

}  // namespace millrace::runner
