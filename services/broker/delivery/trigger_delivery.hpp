// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <string>

#include "broker/control/catalog.hpp"
#include "broker/delivery/delivery_cursor.hpp"
#include "broker/record/stored_event.hpp"
#include "broker/record/totals.hpp"

namespace millrace::broker {

/// The deliveries of one trigger: its cursor, its counters and where they go to. Pure: whoever
/// performs what next() says tells what came of it; time is handed in.
class TriggerDelivery {
public:
    /// `unread_to`: see DeliveryCursor; its position follows from `totals`.
    TriggerDelivery(
        DeliveryCursor::Limits limits, TriggerTotals totals, TriggerRouteRef route,
        std::int64_t unread_to);

    /// Where to, from now on. True: the address is another one, and what waits for a retry may be
    /// sent at once.
    bool set_route(TriggerRouteRef route);
    /// A stored event was matched by `version` of the trigger.
    void offered(StoredEvent const& event, std::uint32_t version);
    /// See DeliveryCursor.
    DeliveryCursor::Action next(SteadyTime now, bool may_send) {
        return cursor_.next(now, may_send);
    }
    void stop() { cursor_.stop(); }

    /// What the action `read` asks the log for; then page_read() or read_failed().
    PendingQuery query(DeliveryCursor::Action::Read const& wanted) const;
    void page_read(PendingPage page, SystemTime at);
    void read_failed(Error const& error, SteadyTime now, SystemTime at);

    /// What the subscriber, or the dead letter sink, made of event `seq`. Pre: it is in flight.
    DeliveryCursor::Step answered(
        std::int64_t seq, DeliveryCursor::Answer const& answer, SteadyTime now);
    /// Event `seq`, in flight, cannot be read. One that is known to be gone is given up, with a
    /// record; another is tried again.
    std::optional<DeliveryRecord> unreadable(
        std::int64_t seq, Error const& error, SteadyTime now, SystemTime at);

    TriggerRoute const& route() const { return *route_; }
    TriggerRouteRef const& route_ref() const { return route_; }
    TriggerTotals const& totals() const { return totals_; }
    DeliveryCursor const& cursor() const { return cursor_; }
    /// Older events were matched by a removed trigger of the same name.
    std::int64_t first_seq() const { return totals_.first_seq; }
    /// Why `seq`, matched and not settled, waits.
    DeliveryCursor::Wait wait_of(std::int64_t seq) const { return cursor_.wait_of(seq); }
    /// Matched and not settled. After a kill, and until the log has been read as far as this
    /// trigger had come, too large by what was settled since the counters were saved.
    std::uint64_t pending() const;
    /// What to save, if it is not what was saved last. `head`: the newest event.
    std::optional<TriggerTotals> take_changed(std::int64_t head);

private:
    void settled(std::int64_t seq, DeliveryState state, SystemTime at);
    void add_failed(std::int64_t seq);
    void balance();
    void note_error(SystemTime at, int status, std::string const& error);

    TriggerTotals totals_;
    TriggerRouteRef route_;
    DeliveryCursor cursor_;
    /// Events that failed, above all unsettled ones or between them: some thousands at most, but
    /// for one that waits for hours while all others fail.
    std::set<std::int64_t> failed_ahead_;
    bool is_changed_ = true;  ///< counters differ from what was saved
    std::int64_t saved_low_water_ = -1;
};

}  // namespace millrace::broker
