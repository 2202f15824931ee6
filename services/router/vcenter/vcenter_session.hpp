// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/clock.hpp"

namespace millrace::router {

/// The state machine of one vCenter session: says what to do next and is told how it went. Pure: no
/// sockets, no clock of its own (research: the lossless algorithm of section 3.4).
class VcenterSession {
public:
    enum class Action {
        retrieve_content,  ///< connect and read the service content
        log_in,
        read_server_time,
        create_collector,  ///< from DeliveryWindow::resume_time()
        create_filter,     ///< for waiting on latestPage
        read_page,
        wait_for_updates,    ///< up to 30 s
        check_latest_event,  ///< compare EventManager.latestEvent with what was read
        pause,               ///< for pause(): then ask again
    };

    /// How the last action ended.
    enum class Outcome {
        done,
        empty_page,    ///< read_page: no events now
        seen_page,     ///< read_page: only events that were read before
        unseen_event,  ///< wait or check: vCenter shows an event that was not read
        nothing_new,   ///< wait or check: all shown events have been read
        unclear,       ///< wait or check: what vCenter shows cannot be read
        not_authenticated,
        invalid_login,
        object_gone,
        rejected,     ///< another fault of vCenter
        unreachable,  ///< no connection, no answer, or one that is no SOAP
    };

    Action next() const { return action_; }
    /// The time to wait when next() is pause.
    milliseconds pause() const { return pause_; }
    /// `random`: any 64 bits, for jitter.
    void ended(Outcome outcome, std::uint64_t random);

    bool connected() const { return connected_; }
    unsigned logins_total() const { return logins_total_; }

private:
    void failed(Outcome outcome, std::uint64_t random);
    void go(Action action) { action_ = action; }
    void go_after(Action action, milliseconds delay);
    void after_empty_page();

    Action action_ = Action::retrieve_content;
    Action after_pause_ = Action::retrieve_content;
    milliseconds pause_{0};
    bool connected_ = false;
    bool can_wait_ = false;  ///< the filter exists
    /// In a row, without a page of new events or an empty one between: those seen before come ahead
    /// of whatever failed.
    unsigned failures_ = 0;
    unsigned login_refusals_ = 0;
    unsigned idle_rounds_ = 0;
    unsigned unseen_rounds_ = 0;  ///< vCenter showed more than the collector gave, in a row
    milliseconds poll_pause_{50};
    unsigned logins_total_ = 0;
};

}  // namespace millrace::router
