// SPDX-License-Identifier: Apache-2.0
#include "runner/function/function_life.hpp"

#include <random>
#include <set>

#include "tests/support/catch.hpp"

using namespace millrace::runner;
using Worker = FunctionLife::Worker;
using Call = FunctionLife::Call;
using WorkerState = FunctionLife::WorkerState;
using CallState = FunctionLife::CallState;
using Trial = FunctionLife::Trial;

namespace {

/// A function whose revision serves with one worker that is ready.
Worker serve(FunctionLife& life, FunctionLife::Scale scale = {}) {
    Worker const worker = life.try_revision(scale);
    REQUIRE(life.take_start() == worker);
    life.started(worker);
    return worker;
}

/// Ends all that is left, as the shell does: nothing may keep a closing function from its end.
void run_out(FunctionLife& life, std::set<Call>& callers) {
    for (Call const call : callers)
        life.left(call);
    callers.clear();
    life.close();
    life.cut();
    while (auto const start = life.take_start())
        FAIL("A worker is started while the function closes.");
    for (Worker const worker : life.workers()) {
        CHECK(life.state(worker) == WorkerState::killed);
        life.ended(worker);
    }
    CHECK(life.closed());
}

/// Any order of anything that can happen, with what must hold at each step.
class RandomWalk {
public:
    explicit RandomWalk(unsigned seed) : random_(seed) {}

    void step() {
        auto const workers = life_.workers();
        Worker const any = workers.empty() ? Worker{} : workers[random_() % workers.size()];
        bool const has_process = !workers.empty() && running_.contains(any);
        switch (random_() % 10) {
            case 0:
                if (!life_.closing() && life_.trial() != Trial::running)
                    life_.try_revision({random_() % 2, 1 + random_() % 3});
                break;
            case 1:
            case 2:
                callers_.insert(life_.admit());
                break;
            case 3:
                if (!callers_.empty()) {
                    life_.left(*callers_.begin());
                    callers_.erase(callers_.begin());
                }
                break;
            case 4:
                if (has_process && life_.state(any) == WorkerState::starting)
                    life_.started(any);
                break;
            case 5:
                if (has_process && life_.state(any) == WorkerState::busy)
                    life_.answered(any);
                break;
            case 6:
                if (has_process)
                    life_.failed(any);
                break;
            case 7:
                if (has_process)
                    life_.idle(any);
                break;
            case 8:
                if (has_process && (life_.state(any) == WorkerState::ending ||
                                    life_.state(any) == WorkerState::killed)) {
                    life_.ended(any);
                    running_.erase(any);
                }
                break;
            default:
                if (random_() % 50 == 0)
                    life_.close();
        }
        perform_and_check();
    }
    void finish() { run_out(life_, callers_); }

private:
    void perform_and_check() {
        while (auto const start = life_.take_start()) {
            CHECK_FALSE(life_.closing());
            CHECK(running_.insert(*start).second);
        }
        CHECK(life_.active() <= std::max<std::size_t>(1, life_.workers_max()));
        std::set<Call> given;
        for (Worker const worker : life_.workers()) {
            WorkerState const state = life_.state(worker);
            CHECK((state != WorkerState::busy || life_.call_of(worker).has_value()));
            CHECK((state != WorkerState::ready || !life_.call_of(worker)));
            if (auto const call = life_.call_of(worker))
                CHECK(given.insert(*call).second);
            // Nobody waits while a worker has nothing to do.
            CHECK((state != WorkerState::ready || life_.waiting() == 0));
        }
        CHECK(life_.waiting() <= FunctionLife::waiting_max);
        if (life_.closing())
            CHECK(life_.waiting() == 0);
    }

    std::mt19937 random_;
    FunctionLife life_;
    std::set<Call> callers_;
    std::set<Worker> running_;
};

}  // namespace

TEST_CASE("Life: a function without a revision refuses calls, and serves once its trial passes") {
    FunctionLife life;
    CHECK(life.state(life.admit()) == CallState::no_worker);
    Worker const worker = life.try_revision({});
    CHECK(life.take_start() == worker);
    CHECK_FALSE(life.take_start());
    CHECK(life.trial() == Trial::running);
    CHECK_FALSE(life.serves());
    life.started(worker);
    CHECK(life.trial() == Trial::passed);
    Call const call = life.admit();
    CHECK(life.state(call) == CallState::given);
    CHECK(life.call_of(worker) == call);
    CHECK(life.state(worker) == WorkerState::busy);
    life.answered(worker);
    CHECK(life.state(worker) == WorkerState::ready);
}

TEST_CASE("Life: who waits is served in order, and no more workers are started than allowed") {
    FunctionLife life;
    Worker const first = serve(life, {0, 2});
    Call const one = life.admit();
    Call const two = life.admit();
    Call const three = life.admit();
    Call const four = life.admit();
    CHECK(life.call_of(first) == one);
    auto const second = life.take_start();
    REQUIRE(second);
    CHECK(life.call_of(*second) == two);
    CHECK_FALSE(life.take_start());
    CHECK(life.state(three) == CallState::waiting);
    life.left(three);
    life.answered(first);
    CHECK(life.call_of(first) == four);
    life.started(*second);
    CHECK(life.state(*second) == WorkerState::busy);
}

TEST_CASE("Life: too many that wait are refused at once") {
    FunctionLife life;
    serve(life);
    life.admit();
    for (std::size_t i = 0; i < FunctionLife::waiting_max; ++i)
        CHECK(life.state(life.admit()) == CallState::waiting);
    CHECK(life.state(life.admit()) == CallState::crowded);
}

TEST_CASE("Life: a worker that fails takes its call with it and is replaced for the next") {
    FunctionLife life;
    Worker const worker = serve(life);
    life.admit();
    Call const next = life.admit();
    life.failed(worker);
    CHECK(life.state(worker) == WorkerState::killed);
    CHECK_FALSE(life.call_of(worker));
    auto const other = life.take_start();
    REQUIRE(other);
    CHECK(life.call_of(*other) == next);
    life.ended(worker);
    // It does not start: its call is over as well, and the one after it gets a worker of its own.
    Call const last = life.admit();
    life.failed(*other);
    auto const third = life.take_start();
    REQUIRE(third);
    CHECK(life.call_of(*third) == last);
}

TEST_CASE("Life: a revision that passes takes over, and calls of the old one are finished") {
    FunctionLife life;
    Worker const busy = serve(life, {0, 2});
    life.admit();
    life.admit();
    Worker const idle = life.take_start().value();
    life.started(idle);
    life.answered(idle);
    Worker const trial = life.try_revision({0, 1});
    REQUIRE(life.take_start() == trial);
    CHECK(life.state(life.admit()) == CallState::given);  // the old one serves meanwhile
    life.answered(idle);
    life.started(trial);
    CHECK(life.state(idle) == WorkerState::ending);
    CHECK(life.state(busy) == WorkerState::busy);
    life.answered(busy);
    CHECK(life.state(busy) == WorkerState::ending);
    CHECK(life.call_of(trial) == std::nullopt);
    CHECK(life.active() == 1);
}

TEST_CASE("Life: a revision that fails its trial leaves the old one as it was") {
    FunctionLife life;
    Worker const old = serve(life);
    Worker const trial = life.try_revision({});
    REQUIRE(life.take_start() == trial);
    life.failed(trial);
    CHECK(life.trial() == Trial::failed);
    life.ended(trial);
    CHECK(life.state(old) == WorkerState::ready);
    CHECK(life.state(life.admit()) == CallState::given);
    CHECK(life.workers() == std::vector<Worker>{old});
}

TEST_CASE("Life: idle workers end down to the number that stays") {
    FunctionLife life;
    Worker const first = serve(life, {1, 2});
    life.admit();
    life.admit();
    Worker const second = life.take_start().value();
    life.idle(first);
    CHECK(life.state(first) == WorkerState::busy);
    life.started(second);
    life.answered(first);
    life.answered(second);
    life.idle(second);
    CHECK(life.state(second) == WorkerState::ending);
    life.idle(first);
    CHECK(life.state(first) == WorkerState::ready);
}

// review 4.2
TEST_CASE("Life: closing refuses who waits, starts nothing, and lets a call under way finish") {
    FunctionLife life;
    Worker const worker = serve(life);
    Call const running = life.admit();
    Call const waiting = life.admit();
    Worker const trial = life.try_revision({});
    life.close();
    CHECK(life.state(waiting) == CallState::closing);
    CHECK(life.state(life.admit()) == CallState::closing);
    CHECK(life.state(running) == CallState::given);
    CHECK(life.trial() == Trial::failed);
    // The trial was not started yet: it never is.
    CHECK_FALSE(life.take_start());
    CHECK(life.workers() == std::vector<Worker>{worker});
    life.answered(worker);
    CHECK(life.state(worker) == WorkerState::ending);
    life.ended(worker);
    CHECK_FALSE(life.take_start());
    CHECK_FALSE(life.closed());  // three callers have not left
    CHECK(trial != worker);
}

TEST_CASE("Life: closed only when no worker and no caller is left") {
    FunctionLife life;
    Worker const worker = serve(life);
    Call const call = life.admit();
    life.close();
    life.cut();
    CHECK(life.state(worker) == WorkerState::killed);
    life.failed(worker);
    life.ended(worker);
    CHECK_FALSE(life.closed());
    life.left(call);
    CHECK(life.closed());
}

TEST_CASE("Life: whatever step fails, nobody waits for ever and the function can close") {
    // What can become of a worker at each step of two calls on a function with two workers.
    for (int failing = 0; failing < 8; ++failing) {
        INFO("step " << failing << " fails");
        FunctionLife life;
        std::set<Call> callers;
        int step = 0;
        auto const go = [&](Worker worker, auto well) {
            if (step++ == failing) {
                life.failed(worker);
                life.ended(worker);
            } else {
                well(worker);
            }
        };
        auto const start_all = [&] {
            while (auto const worker = life.take_start())
                go(*worker, [&](Worker one) { life.started(one); });
        };
        auto const answer_all = [&] {
            for (Worker const worker : life.workers())
                if (life.state(worker) == WorkerState::busy)
                    go(worker, [&](Worker one) { life.answered(one); });
        };
        life.try_revision({0, 2});
        start_all();
        for (int i = 0; i < 3; ++i)
            callers.insert(life.admit());
        for (int round = 0; round < 4; ++round) {
            start_all();
            answer_all();
        }
        CHECK(life.waiting() == 0);
        CHECK(life.serves() == (failing != 0));
        run_out(life, callers);
    }
}

TEST_CASE("Life: its rules hold in whatever order things happen") {
    for (unsigned seed = 1; seed <= 200; ++seed) {
        INFO("seed " << seed);
        RandomWalk walk(seed);
        for (int i = 0; i < 300; ++i)
            walk.step();
        walk.finish();
    }
}
