// SPDX-License-Identifier: Apache-2.0
#include "console/feed/event_window.hpp"

#include <utility>

namespace millrace::console {

void EventWindow::begin_after(std::int64_t seq) {
    rows_.clear();
    begin_ = seq;
}

void EventWindow::break_off() {
    rows_.clear();
    begin_.reset();
}

void EventWindow::add(std::int64_t seq, Json row) {
    if (!begin_)
        begin_ = seq - 1;
    rows_.insert_or_assign(seq, std::move(row));
    while (rows_.size() > rows_max_) {
        begin_ = rows_.begin()->first;
        rows_.erase(rows_.begin());
    }
}

Json const* EventWindow::update(std::int64_t seq, Json deliveries) {
    auto const found = rows_.find(seq);
    if (found == rows_.end())
        return nullptr;
    found->second["deliveries"] = std::move(deliveries);
    return &found->second;
}

}  // namespace millrace::console
