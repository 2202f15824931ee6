// SPDX-License-Identifier: Apache-2.0
#include "simulator/world/fault_plan.hpp"

#include "tests/support/catch.hpp"

namespace millrace::simulator {
namespace {

SystemTime const now = SystemTime(1'000s);

PlannedFault of(FaultKind kind) {
    PlannedFault fault;
    fault.kind = kind;
    return fault;
}

TEST_CASE("Fault plan: every kind has a word of its own that is read back", "[simulator]") {
    auto const kind = GENERATE(
        FaultKind::session_kill, FaultKind::collector_gone, FaultKind::silent_collector,
        FaultKind::not_authenticated_next, FaultKind::soap_unavailable, FaultKind::slow_replies,
        FaultKind::bad_xml, FaultKind::wrong_password, FaultKind::vrops_unavailable,
        FaultKind::connection_reset, FaultKind::foreign_cookie);
    INFO(to_string(kind));
    CHECK(parse_fault_kind(to_string(kind)) == kind);
}

TEST_CASE("Fault plan: no other word is a kind", "[simulator]") {
    auto const* word = GENERATE("", "badXML", "badXml ", "session_kill", "meteor");
    CHECK_FALSE(parse_fault_kind(word));
}

TEST_CASE("Fault plan: without count and end a fault strikes until it is removed", "[simulator]") {
    FaultPlan plan;
    plan.add(of(FaultKind::bad_xml));
    for (int i = 0; i < 100; ++i)
        CHECK(plan.take(FaultKind::bad_xml, now + i * 1h));
    plan.clear();
    CHECK_FALSE(plan.take(FaultKind::bad_xml, now));
    CHECK(plan.struck() == 100);
}

TEST_CASE("Fault plan: a count is counted off to the last, and no further", "[simulator]") {
    FaultPlan plan;
    auto fault = of(FaultKind::wrong_password);
    fault.remaining = 2;
    plan.add(fault);
    CHECK(plan.take(FaultKind::wrong_password, now));
    CHECK(plan.active(now).at(0).remaining == 1U);
    CHECK(plan.take(FaultKind::wrong_password, now));
    CHECK_FALSE(plan.take(FaultKind::wrong_password, now));
    CHECK(plan.active(now).empty());
}

TEST_CASE("Fault plan: a count of none never strikes", "[simulator]") {
    FaultPlan plan;
    auto fault = of(FaultKind::bad_xml);
    fault.remaining = 0;
    plan.add(fault);
    CHECK_FALSE(plan.take(FaultKind::bad_xml, now));
}

TEST_CASE("Fault plan: a time ends with its last moment", "[simulator]") {
    FaultPlan plan;
    auto fault = of(FaultKind::soap_unavailable);
    fault.until = now + 5s;
    plan.add(fault);
    CHECK(plan.take(FaultKind::soap_unavailable, now + 5s - 1ns));
    CHECK_FALSE(plan.take(FaultKind::soap_unavailable, now + 5s));
}

TEST_CASE("Fault plan: of count and time whatever is over first ends it", "[simulator]") {
    auto const after = GENERATE(0s, 9s);
    FaultPlan plan;
    auto fault = of(FaultKind::bad_xml);
    fault.remaining = 1;
    fault.until = now + 5s;
    plan.add(fault);
    CHECK(plan.take(FaultKind::bad_xml, now + after).has_value() == (after < 5s));
    CHECK_FALSE(plan.take(FaultKind::bad_xml, now + after));
}

TEST_CASE("Fault plan: kinds do not touch each other", "[simulator]") {
    FaultPlan plan;
    auto slow = of(FaultKind::slow_replies);
    slow.delay = 250ms;
    plan.add(slow);
    CHECK_FALSE(plan.take(FaultKind::bad_xml, now));
    CHECK(plan.struck() == 0);
    CHECK(plan.take(FaultKind::slow_replies, now)->delay == 250ms);
}

TEST_CASE("Fault plan: of two of a kind the first planned strikes first", "[simulator]") {
    FaultPlan plan;
    for (auto const* mode : {"html", "truncated"}) {
        auto fault = of(FaultKind::bad_xml);
        fault.remaining = 1;
        fault.mode = mode;
        plan.add(fault);
    }
    CHECK(plan.take(FaultKind::bad_xml, now)->mode == "html");
    CHECK(plan.take(FaultKind::bad_xml, now)->mode == "truncated");
}

}  // namespace
}  // namespace millrace::simulator
