// SPDX-License-Identifier: Apache-2.0
#include "runner/function/function_life.hpp"

#include <random>
#include <set>

#include "tests/support/catch.hpp"

using namespace millrace::runner;
using Worker = FunctionLife::Worker;
using Call = FunctionLife::Call;
using Calls = std::set<Call>;
using Order = FunctionLife::Order;
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
                if (!life_.closing() && life_.trial() != Trial::running) {
                    trial_scale_ = {random_() % 2, 1 + random_() % 3, 1 + random_() % 4};
                    life_.try_revision(trial_scale_);
                }
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
                    life_.answered(any, any_of(life_.calls_of(any)));
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
    Call any_of(Calls const& calls) {
        return *std::next(calls.begin(), static_cast<std::ptrdiff_t>(random_() % calls.size()));
    }
    void perform_and_check() {
        while (auto const start = life_.take_start()) {
            CHECK_FALSE(life_.closing());
            CHECK(running_.insert(*start).second);
        }
        while (auto const order = life_.take_order()) {
            CHECK(life_.state(order->worker) == WorkerState::busy);
            CHECK(life_.calls_of(order->worker).contains(order->call));
            CHECK(ordered_.insert(order->call).second);
        }
        if (life_.trial() == Trial::passed)
            scale_ = trial_scale_;
        CHECK(life_.active() <= std::max<std::size_t>(1, life_.workers_max()));
        Calls given;
        for (Worker const worker : life_.workers()) {
            WorkerState const state = life_.state(worker);
            Calls const& calls = life_.calls_of(worker);
            CHECK((state != WorkerState::busy || !calls.empty()));
            CHECK((state != WorkerState::ready || calls.empty()));
            CHECK((state != WorkerState::ending || calls.empty()));
            CHECK(calls.size() <= calls_most);
            for (Call const call : calls) {
                CHECK(given.insert(call).second);
                // What a worker that has begun has been given, it has been told.
                CHECK((state != WorkerState::busy || ordered_.contains(call)));
            }
            // Nobody waits while a worker has nothing to do.
            CHECK((state != WorkerState::ready || life_.waiting() == 0));
        }
        // Nor while there may be one worker more.
        CHECK((life_.waiting() == 0 || life_.active() >= scale_.workers_max));
        CHECK(life_.waiting() <= FunctionLife::waiting_max);
        if (life_.closing())
            CHECK(life_.waiting() == 0);
    }

    static constexpr std::size_t calls_most = 4;
    std::mt19937 random_;
    FunctionLife life_;
    FunctionLife::Scale trial_scale_;
    FunctionLife::Scale scale_;  ///< of the revision that serves
    Calls callers_;
    Calls ordered_;
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
    CHECK(life.calls_of(worker) == Calls{call});
    CHECK(life.take_order() == Order{worker, call});
    CHECK_FALSE(life.take_order());
    CHECK(life.state(worker) == WorkerState::busy);
    life.answered(worker, call);
    CHECK(life.state(worker) == WorkerState::ready);
}

TEST_CASE("Life: who waits is served in order, and no more workers are started than allowed") {
    FunctionLife life;
    Worker const first = serve(life, {0, 2});
    Call const one = life.admit();
    Call const two = life.admit();
    Call const three = life.admit();
    Call const four = life.admit();
    CHECK(life.calls_of(first) == Calls{one});
    auto const second = life.take_start();
    REQUIRE(second);
    CHECK(life.calls_of(*second) == Calls{two});
    CHECK(life.take_order() == Order{first, one});
    // The second has not begun.
    CHECK_FALSE(life.take_order());
    CHECK_FALSE(life.take_start());
    CHECK(life.state(three) == CallState::waiting);
    life.left(three);
    life.answered(first, one);
    CHECK(life.calls_of(first) == Calls{four});
    CHECK(life.take_order() == Order{first, four});
    life.started(*second);
    CHECK(life.state(*second) == WorkerState::busy);
    CHECK(life.take_order() == Order{*second, two});
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
    CHECK(life.calls_of(worker).empty());
    auto const other = life.take_start();
    REQUIRE(other);
    CHECK(life.calls_of(*other) == Calls{next});
    life.ended(worker);
    // It does not start: its call is over as well, and the one after it gets a worker of its own.
    Call const last = life.admit();
    life.failed(*other);
    auto const third = life.take_start();
    REQUIRE(third);
    CHECK(life.calls_of(*third) == Calls{last});
}

TEST_CASE("Life: a revision that passes takes over, and calls of the old one are finished") {
    FunctionLife life;
    Worker const busy = serve(life, {0, 2});
    Call const long_one = life.admit();
    Call const short_one = life.admit();
    Worker const idle = life.take_start().value();
    life.started(idle);
    life.answered(idle, short_one);
    Worker const trial = life.try_revision({0, 1});
    REQUIRE(life.take_start() == trial);
    Call const meanwhile = life.admit();
    CHECK(life.state(meanwhile) == CallState::given);  // the old one serves
    life.answered(idle, meanwhile);
    life.started(trial);
    CHECK(life.state(idle) == WorkerState::ending);
    CHECK(life.state(busy) == WorkerState::busy);
    life.answered(busy, long_one);
    CHECK(life.state(busy) == WorkerState::ending);
    CHECK(life.calls_of(trial).empty());
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
    Call const one = life.admit();
    Call const two = life.admit();
    Worker const second = life.take_start().value();
    life.idle(first);
    CHECK(life.state(first) == WorkerState::busy);
    life.started(second);
    life.answered(first, one);
    life.answered(second, two);
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
    life.answered(worker, running);
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

TEST_CASE("Life: a worker has several calls before another is started, where its scale says so") {
    FunctionLife life;
    Worker const first = serve(life, {.workers_min = 0, .workers_max = 2, .calls_per_worker = 2});
    Call const one = life.admit();
    Call const two = life.admit();
    CHECK_FALSE(life.take_start());
    CHECK(life.calls_of(first) == Calls{one, two});
    CHECK(life.take_order() == Order{first, one});
    CHECK(life.take_order() == Order{first, two});
    Call const three = life.admit();
    Call const four = life.admit();
    Worker const second = life.take_start().value();
    // One that starts has places, too.
    CHECK_FALSE(life.take_start());
    CHECK(life.calls_of(second) == Calls{three, four});
    Call const five = life.admit();
    CHECK(life.state(five) == CallState::waiting);
    CHECK_FALSE(life.take_order());
    life.answered(first, two);
    CHECK(life.take_order() == Order{first, five});
    life.answered(first, five);
    CHECK(life.state(first) == WorkerState::busy);
    life.started(second);
    CHECK(life.take_order() == Order{second, three});
    CHECK(life.take_order() == Order{second, four});
    life.answered(second, three);
    // The oldest first: so the others come to rest.
    Call const six = life.admit();
    CHECK(life.take_order() == Order{first, six});
    life.answered(second, four);
    CHECK(life.state(second) == WorkerState::ready);
    // An answer to what it does not have changes nothing.
    life.answered(first, two);
    CHECK(life.calls_of(first) == Calls{one, six});
}

TEST_CASE("Life: a worker that fails takes all its calls with it, told or not") {
    FunctionLife life;
    Worker const worker = serve(life, {.workers_min = 0, .workers_max = 1, .calls_per_worker = 3});
    Call const told = life.admit();
    CHECK(life.take_order() == Order{worker, told});
    life.admit();
    life.admit();
    Call const waiting = life.admit();
    life.failed(worker);
    CHECK_FALSE(life.take_order());
    CHECK(life.calls_of(worker).empty());
    Worker const next = life.take_start().value();
    CHECK(life.calls_of(next) == Calls{waiting});
    // The others of the one that failed say so later.
    life.answered(worker, told);
    life.failed(worker);
    CHECK(life.state(worker) == WorkerState::killed);
    life.ended(worker);
    life.admit();
    life.failed(next);
    CHECK_FALSE(life.take_order());
}

TEST_CASE("Life: a worker ends after the last of its calls, not the first") {
    FunctionLife life;
    FunctionLife::Scale const scale{.workers_min = 0, .workers_max = 1, .calls_per_worker = 2};
    Worker const old = serve(life, scale);
    Call const one = life.admit();
    Call const two = life.admit();
    Worker const trial = life.try_revision(scale);
    REQUIRE(life.take_start() == trial);
    life.started(trial);
    life.answered(old, one);
    CHECK(life.state(old) == WorkerState::busy);
    // Its free place is no place any more.
    Call const three = life.admit();
    CHECK(life.calls_of(trial) == Calls{three});
    life.answered(old, two);
    CHECK(life.state(old) == WorkerState::ending);
    Call const four = life.admit();
    life.close();
    life.answered(trial, three);
    CHECK(life.state(trial) == WorkerState::busy);
    life.answered(trial, four);
    CHECK(life.state(trial) == WorkerState::ending);
}

TEST_CASE("Life: whatever step fails, nobody waits for ever and the function can close") {
    // What can become of a worker at each step of some calls on a function with two workers, which
    // have one call at once, or two.
    for (int i = 0; i < 20; ++i) {
        std::size_t const at_once = i < 10 ? 1 : 2;
        int const failing = i % 10;
        INFO("step " << failing << " fails, calls at once: " << at_once);
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
            while (auto const order = life.take_order())
                go(order->worker, [&](Worker one) { life.answered(one, order->call); });
        };
        life.try_revision({0, 2, at_once});
        start_all();
        for (int call = 0; call < 5; ++call)
            callers.insert(life.admit());
        for (int round = 0; round < 6; ++round) {
            start_all();
            answer_all();
        }
        CHECK(life.waiting() == 0);
        for (Worker const worker : life.workers())
            CHECK(life.calls_of(worker).empty());
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
