// SPDX-License-Identifier: Apache-2.0
#include "common/kube/lease/lease_machine.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;

namespace {

using Step = LeaseMachine::Step;

constexpr LeaseTimes times;

SteadyTime at(milliseconds since_start) {
    return SteadyTime() + 1h + since_start;
}

LeaseRecord record(std::string version, std::string holder) {
    return {.version = std::move(version), .holder = std::move(holder), .duration = 15s};
}

/// Holds the lease since 0 ms, by a write that was sent then.
LeaseMachine holding() {
    LeaseMachine machine("us", times);
    machine.see(record("1", ""), at(0ms));
    machine.written(record("2", "us"), at(0ms));
    return machine;
}

}  // namespace

TEST_CASE("Lease: what is not known is read, what is not there is made, what is free is taken") {
    LeaseMachine machine("us", times);
    CHECK(machine.next(at(0ms)).step == Step::read);
    machine.see({}, at(0ms));
    CHECK(machine.next(at(0ms)).step == Step::make);
    machine.see(record("1", ""), at(0ms));
    auto const next = machine.next(at(0ms));
    CHECK(next.step == Step::write);
    CHECK(next.record.holder == "us");
    CHECK(next.record.version == "1");
    CHECK(next.record.transitions == 1);
    CHECK(next.record.duration == 15s);
    CHECK_FALSE(machine.is_held());
    machine.written(record("2", "us"), at(0ms));
    CHECK(machine.is_held());
}

TEST_CASE("Lease: another's is left alone for its duration after it was last seen to change") {
    LeaseMachine machine("us", times);
    machine.see(record("1", "other"), at(0ms));
    CHECK(machine.next(at(0ms)).step == Step::wait);
    CHECK(machine.next(at(0ms)).until == at(15s));
    CHECK(machine.holder() == "other");
    machine.see(record("2", "other"), at(10s));
    machine.see(record("2", "other"), at(20s));
    CHECK(machine.next(at(24'999ms)).step == Step::wait);
    CHECK(machine.next(at(25s)).step == Step::write);
}

TEST_CASE("Lease: one that was given back is taken at once") {
    LeaseMachine machine("us", times);
    machine.see(record("1", "other"), at(0ms));
    machine.see(record("2", ""), at(1s));
    CHECK(machine.next(at(1s)).step == Step::write);
}

TEST_CASE("Lease: who comes second to write reads again and waits") {
    LeaseMachine machine("us", times);
    machine.see(record("1", ""), at(0ms));
    machine.refuse();
    CHECK(machine.next(at(0ms)).step == Step::read);
    machine.see(record("2", "other"), at(0ms));
    CHECK(machine.next(at(0ms)).step == Step::wait);
}

TEST_CASE("Lease: the holder renews it each interval, counted from when the write was sent") {
    LeaseMachine machine = holding();
    CHECK(machine.next(at(0ms)).until == at(5s));
    auto const next = machine.next(at(5s));
    CHECK(next.step == Step::write);
    CHECK(next.record.version == "2");
    CHECK(next.record.transitions == 0);
    machine.written(record("3", "us"), at(5s));
    CHECK(machine.next(at(6s)).step == Step::wait);
    CHECK(machine.next(at(6s)).until == at(10s));
}

TEST_CASE("Lease: a holder that cannot renew it ends before another may begin") {
    LeaseMachine machine = holding();
    machine.fail(at(6s));
    CHECK(machine.next(at(6s)).step == Step::wait);
    CHECK(machine.next(at(6s)).until == at(7s));
    CHECK(machine.next(at(7s)).step == Step::write);
    machine.fail(at(9'900ms));
    CHECK(machine.next(at(9'900ms)).until == at(10s));
    CHECK(machine.next(at(10s)).step == Step::lost);
    LeaseMachine other("other", times);
    other.see(record("2", "us"), at(0ms));
    CHECK(other.next(at(14'999ms)).step == Step::wait);
}

TEST_CASE("Lease: an answer that comes too late makes nobody a holder") {
    LeaseMachine machine("us", times);
    machine.see(record("1", ""), at(0ms));
    machine.written(record("2", "us"), at(0ms));
    CHECK(machine.next(at(10s)).step == Step::lost);
}

TEST_CASE("Lease: a holder that finds another's name has lost it, for good") {
    LeaseMachine machine = holding();
    machine.refuse();
    CHECK(machine.next(at(5s)).step == Step::read);
    machine.see(record("9", "other"), at(5s));
    CHECK(machine.next(at(5s)).step == Step::lost);
    CHECK_FALSE(machine.is_held());
    machine.see(record("10", ""), at(6s));
    CHECK(machine.next(at(6s)).step == Step::lost);
    CHECK_FALSE(machine.released());
}

TEST_CASE("Lease: a holder whose lease was deleted has lost it") {
    LeaseMachine machine = holding();
    machine.see({}, at(1s));
    CHECK(machine.next(at(1s)).step == Step::lost);
}

TEST_CASE("Lease: a write of ours that was stored without our knowing is found by reading") {
    LeaseMachine machine = holding();
    machine.fail(at(5s));
    machine.refuse();
    machine.see(record("3", "us"), at(6s));
    CHECK(machine.next(at(6s)).step == Step::write);
    CHECK(machine.next(at(6s)).record.version == "3");
    CHECK(machine.next(at(10s)).step == Step::lost);
}

TEST_CASE("Lease: it is given back by its holder alone") {
    CHECK_FALSE(LeaseMachine("us", times).released());
    auto const released = holding().released();
    REQUIRE(released);
    CHECK(released->holder.empty());
    CHECK(released->version == "2");
}
