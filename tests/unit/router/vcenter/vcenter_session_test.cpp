// SPDX-License-Identifier: Apache-2.0
#include "router/vcenter/vcenter_session.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::router;
using Action = VcenterSession::Action;
using Outcome = VcenterSession::Outcome;

namespace {

/// Performs successful steps until the session reads pages.
VcenterSession connected() {
    VcenterSession session;
    while (session.next() != Action::read_page)
        session.ended(Outcome::done, 0);
    return session;
}

}  // namespace

TEST_CASE("Session: connects, logs in, asks the server's time, then reads from the checkpoint on") {
    VcenterSession session;
    std::vector<Action> steps;
    while (session.next() != Action::read_page) {
        steps.push_back(session.next());
        session.ended(Outcome::done, 0);
    }
    CHECK(
        steps == std::vector<Action>{
                     Action::retrieve_content, Action::log_in, Action::read_server_time,
                     Action::create_collector, Action::create_filter});
    CHECK(session.connected());
}

TEST_CASE("Session: reads while there are pages, then waits for vCenter to wake it") {
    VcenterSession session = connected();
    session.ended(Outcome::done, 0);
    CHECK(session.next() == Action::read_page);
    session.ended(Outcome::empty_page, 0);
    CHECK(session.next() == Action::wait_for_updates);
    session.ended(Outcome::unseen_event, 0);
    CHECK(session.next() == Action::pause);
    CHECK(session.pause() == 0ms);
    session.ended(Outcome::done, 0);
    CHECK(session.next() == Action::read_page);
}

TEST_CASE("Session: without a filter it polls, ever more slowly, and compares latestEvent") {
    VcenterSession session;
    while (session.next() != Action::create_filter)
        session.ended(Outcome::done, 0);
    session.ended(Outcome::rejected, 0);
    CHECK(session.connected());
    milliseconds longest{0};
    bool checked = false;
    for (int i = 0; i < 60; ++i) {
        if (session.next() == Action::pause)
            longest = std::max(longest, session.pause());
        checked = checked || session.next() == Action::check_latest_event;
        bool const reading = session.next() == Action::read_page;
        bool const checking = session.next() == Action::check_latest_event;
        session.ended(
            reading    ? Outcome::empty_page
            : checking ? Outcome::nothing_new
                       : Outcome::done,
            0);
    }
    CHECK(longest == 1s);
    CHECK(checked);
}

TEST_CASE("Session: a collector that stays silent while vCenter shows events is replaced (F9)") {
    VcenterSession session = connected();
    for (int i = 0; i < 20 && session.next() != Action::create_collector; ++i) {
        Action const action = session.next();
        session.ended(
            action == Action::read_page          ? Outcome::empty_page
            : action == Action::wait_for_updates ? Outcome::unseen_event
                                                 : Outcome::done,
            0);
    }
    CHECK(session.next() == Action::create_collector);
}

TEST_CASE("Session: a collector silent in its latest page too is compared and replaced (F9)") {
    VcenterSession session = connected();
    int waits = 0;
    for (int i = 0; i < 20 && session.next() != Action::create_collector; ++i) {
        Action const action = session.next();
        waits += action == Action::wait_for_updates ? 1 : 0;
        session.ended(
            action == Action::read_page            ? Outcome::empty_page
            : action == Action::wait_for_updates   ? Outcome::nothing_new
            : action == Action::check_latest_event ? Outcome::unseen_event
                                                   : Outcome::done,
            0);
    }
    CHECK(session.next() == Action::create_collector);
    CHECK(waits == 1);
}

TEST_CASE("Session: one that expired is renewed at once, but not in a storm (F6)") {
    VcenterSession session = connected();
    session.ended(Outcome::not_authenticated, 0);
    CHECK(session.next() == Action::retrieve_content);
    session.ended(Outcome::done, 0);
    session.ended(Outcome::not_authenticated, 0);
    CHECK(session.next() == Action::pause);
}

TEST_CASE("Session: a lost collector is replaced without logging in again (F7)") {
    VcenterSession session = connected();
    unsigned const logins = session.logins_total();
    session.ended(Outcome::object_gone, 0);
    session.ended(Outcome::done, 0);
    CHECK(session.next() == Action::create_collector);
    CHECK(session.logins_total() == logins);
}

TEST_CASE("Session: an unreachable vCenter is tried again with growing pauses, at most 30 s (F8)") {
    VcenterSession session;
    milliseconds before{0};
    for (int i = 0; i < 12; ++i) {
        session.ended(Outcome::unreachable, ~0ULL);
        REQUIRE(session.next() == Action::pause);
        CHECK(session.pause() <= 30s);
        CHECK(session.pause() * 3 >= before);
        before = session.pause();
        session.ended(Outcome::done, 0);
    }
    CHECK(before >= 15s);
}

TEST_CASE("Session: a wrong password is tried three times, then once in five minutes (F13)") {
    VcenterSession session;
    milliseconds waited{0};
    int tries = 0;
    while (waited < 30min) {
        if (session.next() == Action::log_in) {
            ++tries;
            session.ended(Outcome::invalid_login, 0);
        } else {
            if (session.next() == Action::pause)
                waited += session.pause();
            session.ended(Outcome::done, 0);
        }
    }
    CHECK(tries <= 3 + 6);
}

TEST_CASE("Session: whichever step fails in whichever way, it reads again within a minute") {
    constexpr int steps = 12;
    for (Outcome const fault :
         {Outcome::not_authenticated, Outcome::invalid_login, Outcome::object_gone,
          Outcome::rejected, Outcome::unreachable})
        for (int failing = 0; failing < steps; ++failing) {
            INFO("fault " << static_cast<int>(fault) << " at step " << failing);
            VcenterSession session;
            for (int step = 0; step < failing; ++step)
                session.ended(
                    session.next() == Action::read_page ? Outcome::empty_page : Outcome::done, 0);
            if (session.next() == Action::pause)
                continue;
            session.ended(fault, 0);
            nanoseconds waited{0};
            while (session.next() != Action::read_page && waited < 60s) {
                if (session.next() == Action::pause)
                    waited += session.pause();
                session.ended(Outcome::done, 0);
            }
            CHECK(session.next() == Action::read_page);
            CHECK(waited < 60s);
        }
}

// Reports 1: the pages before the broken one always read well, and there was no back-off.
TEST_CASE("Session: a page that fails behind pages that were seen before is tried ever later") {
    VcenterSession session = connected();
    milliseconds longest{0};
    nanoseconds waited{0};
    int failures = 0;
    bool overlap_read = false;
    while (waited < 10min) {
        if (session.next() == Action::read_page) {
            failures += overlap_read ? 1 : 0;
            session.ended(overlap_read ? Outcome::object_gone : Outcome::seen_page, 0);
            overlap_read = !overlap_read;
            continue;
        }
        if (session.next() == Action::pause) {
            longest = std::max(longest, session.pause());
            waited += session.pause();
        }
        session.ended(Outcome::done, 0);
    }
    CHECK(longest == 30s);
    CHECK(failures < 40);
}

// Reports 4: an HTML page in place of each page of events, while every other call works.
TEST_CASE("Session: reading alone that fails for good is tried ever later") {
    VcenterSession session;
    nanoseconds waited{0};
    int reads = 0;
    while (waited < 10min) {
        bool const reading = session.next() == Action::read_page;
        reads += reading ? 1 : 0;
        if (session.next() == Action::pause)
            waited += session.pause();
        session.ended(reading ? Outcome::unreachable : Outcome::done, 0);
    }
    CHECK(reads < 50);
}

TEST_CASE("Session: what vCenter shows but cannot be read is polled for instead of waited for") {
    VcenterSession session = connected();
    session.ended(Outcome::empty_page, 0);
    REQUIRE(session.next() == Action::wait_for_updates);
    session.ended(Outcome::unclear, 0);
    CHECK(session.connected());
    for (int i = 0; i < 100; ++i) {
        Action const action = session.next();
        CHECK(action != Action::wait_for_updates);
        CHECK(action != Action::create_collector);
        session.ended(
            action == Action::read_page            ? Outcome::empty_page
            : action == Action::check_latest_event ? Outcome::unclear
                                                   : Outcome::done,
            0);
    }
}
