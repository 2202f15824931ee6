// SPDX-License-Identifier: Apache-2.0
#include "router/vcenter/vcenter_session.hpp"

#include "common/base/backoff.hpp"

namespace millrace::router {
namespace {

constexpr milliseconds reconnect_base = 500ms;
constexpr milliseconds reconnect_ceiling = 30s;
/// vCenter's SSO locks an account after a few failures within minutes (fault F13): three tries,
/// then one in five minutes.
constexpr unsigned login_tries_quick = 3;
constexpr milliseconds login_pause_quick = 20s;
constexpr milliseconds login_pause_slow = 5min;
constexpr milliseconds poll_pause_least = 50ms;
constexpr milliseconds poll_pause_most = 1s;
/// Empty pages while vCenter shows newer events: the collector is dead (fault F9).
constexpr unsigned unseen_rounds_max = 3;
constexpr milliseconds unseen_pause = 500ms;
/// Where waiting is not possible, latestEvent is compared every so many empty polls.
constexpr unsigned polls_per_check = 10;

}  // namespace

void VcenterSession::go_after(Action action, milliseconds delay) {
    action_ = Action::pause;
    after_pause_ = action;
    pause_ = delay;
}

void VcenterSession::failed(Outcome outcome, std::uint64_t random) {
    connected_ = false;
    can_wait_ = false;
    if (outcome == Outcome::invalid_login) {
        bool const quick = ++login_refusals_ < login_tries_quick;
        return go_after(Action::retrieve_content, quick ? login_pause_quick : login_pause_slow);
    }
    milliseconds const longest = backoff(++failures_, reconnect_base, reconnect_ceiling);
    // An ended session is an everyday thing: the first time, log in again at once.
    if (outcome == Outcome::not_authenticated && failures_ == 1)
        return go(Action::retrieve_content);
    go_after(Action::retrieve_content, longest / 2 + with_jitter(longest / 2, random));
}

void VcenterSession::after_empty_page() {
    // A collector that is suspected is not waited on: it would say that there is nothing new.
    if (unseen_rounds_ > 0)
        return go(Action::check_latest_event);
    if (can_wait_)
        return go(Action::wait_for_updates);
    if (++idle_rounds_ % polls_per_check == 0)
        return go(Action::check_latest_event);
    go_after(Action::read_page, poll_pause_);
    poll_pause_ = std::min(poll_pause_ * 2, poll_pause_most);
}

void VcenterSession::ended(Outcome outcome, std::uint64_t random) {
    bool const optional_step = action_ == Action::create_filter && outcome == Outcome::rejected;
    bool const collector_lost = outcome == Outcome::object_gone && connected_;
    if (optional_step) {
        can_wait_ = false;
        return go(Action::read_page);
    }
    if (collector_lost) {
        can_wait_ = false;
        return go_after(Action::create_collector, backoff(++failures_, 100ms, reconnect_ceiling));
    }
    bool const is_failure = outcome == Outcome::not_authenticated ||
                            outcome == Outcome::invalid_login || outcome == Outcome::rejected ||
                            outcome == Outcome::unreachable || outcome == Outcome::object_gone;
    if (is_failure)
        return failed(outcome, random);
    switch (action_) {
        case Action::pause:
            return go(after_pause_);
        case Action::retrieve_content:
            return go(Action::log_in);
        case Action::log_in:
            ++logins_total_;
            login_refusals_ = 0;
            return go(Action::read_server_time);
        case Action::read_server_time:
            return go(Action::create_collector);
        case Action::create_collector:
            connected_ = true;
            unseen_rounds_ = 0;
            return go(Action::create_filter);
        case Action::create_filter:
            can_wait_ = true;
            return go(Action::read_page);
        case Action::read_page:
            if (outcome != Outcome::seen_page)
                failures_ = 0;
            if (outcome == Outcome::empty_page)
                return after_empty_page();
            unseen_rounds_ = 0;
            idle_rounds_ = 0;
            poll_pause_ = poll_pause_least;
            return go(Action::read_page);
        case Action::wait_for_updates:
        case Action::check_latest_event:
            // What cannot be waited for is asked for: the events come all the same.
            can_wait_ = can_wait_ && outcome != Outcome::unclear;
            if (outcome == Outcome::unclear)
                return go_after(Action::read_page, poll_pause_most);
            if (outcome == Outcome::nothing_new) {
                unseen_rounds_ = 0;
                bool const waited = action_ == Action::wait_for_updates;
                return go(waited ? Action::check_latest_event : Action::read_page);
            }
            if (++unseen_rounds_ <= unseen_rounds_max)
                return go_after(Action::read_page, unseen_rounds_ == 1 ? 0ms : unseen_pause);
            unseen_rounds_ = 0;
            return go(Action::create_collector);
    }
}

}  // namespace millrace::router
