// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>

#include "broker/dispatcher.hpp"

namespace millrace {

/// One dispatcher per trigger, made and retired as triggers come and go.
class Dispatchers {
public:
    Dispatchers(DispatcherParts parts, DispatcherOptions options);

    /// Counters and cursors of the run before.
    void restore(std::map<std::string, TriggerTotals> totals) { saved_ = std::move(totals); }
    /// Makes, changes and retires dispatchers; new ones begin at `head` + 1, known ones at what
    /// they had not delivered.
    void set_routes(std::vector<TriggerRoute> const& routes, std::int64_t head);
    /// Events that have just been stored, in the log's order.
    void stored(EventBatch const& events);

    std::map<std::string, std::unique_ptr<Dispatcher>> const& all() const { return dispatchers_; }
    /// The oldest event somebody still has to get; the largest number when there is none.
    std::int64_t low_water() const;
    /// What to save, with the triggers removed since the last call.
    SavedTotals totals();
    Task<void> stop(milliseconds grace);

private:
    std::unique_ptr<Dispatcher> make(TriggerRoute const& route, std::int64_t head);
    Task<void> retire(std::list<std::unique_ptr<Dispatcher>>::iterator at);

    DispatcherParts parts_;
    DispatcherOptions options_;
    std::map<std::string, TriggerTotals> saved_;
    std::map<std::string, std::unique_ptr<Dispatcher>> dispatchers_;
    std::vector<std::string> removed_;
    std::list<std::unique_ptr<Dispatcher>> retired_;  ///< their last requests are being cancelled
    TaskGroup tasks_;
};

}  // namespace millrace
