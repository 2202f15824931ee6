// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>

#include "broker/delivery/dispatcher.hpp"

namespace millrace::broker {

/// One dispatcher per trigger, made and retired as triggers come and go.
class Dispatchers {
public:
    Dispatchers(DispatcherParts parts, DispatcherOptions options);

    /// Counters and cursors of the run before.
    void restore(std::map<std::string, TriggerTotals> totals) { saved_ = std::move(totals); }
    /// Makes, changes and retires dispatchers. Each begins with what it has not delivered: as
    /// saved; or, where nothing is saved (a trigger just made, or a crash just after), as the
    /// verdicts in the log say.
    void set_routes(std::vector<TriggerRoute> const& routes, std::int64_t head);
    /// Events that have just been stored, in the log's order.
    void stored(EventBatch const& events);

    std::map<std::string, std::unique_ptr<Dispatcher>> const& all() const { return dispatchers_; }
    /// The oldest event somebody still has to get; the largest number when there is none.
    std::int64_t low_water() const;
    /// What to save. Removed triggers are forgotten once no event is older than `oldest_seq`.
    SavedTotals totals(std::int64_t oldest_seq);
    Task<void> stop(milliseconds grace);

private:
    std::unique_ptr<Dispatcher> make(TriggerRoute const& route, std::int64_t head);
    Task<void> retire(std::list<std::unique_ptr<Dispatcher>>::iterator at);

    DispatcherParts parts_;
    DispatcherOptions options_;
    std::map<std::string, TriggerTotals> saved_;  ///< of triggers that have no dispatcher
    std::map<std::string, std::unique_ptr<Dispatcher>> dispatchers_;
    std::list<std::unique_ptr<Dispatcher>> retired_;  ///< their last requests are being cancelled
    TaskGroup tasks_;
};

}  // namespace millrace::broker
