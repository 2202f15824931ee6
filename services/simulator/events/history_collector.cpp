// SPDX-License-Identifier: Apache-2.0
#include "simulator/events/history_collector.hpp"

#include <algorithm>

namespace millrace::simulator {

HistoryCollector::HistoryCollector(EventStore const& store, EventMatcher matcher)
    : store_(&store),
      matcher_(std::move(matcher)),
      begin_(matcher_.filter().begin ? store.lower_bound(*matcher_.filter().begin) : 0),
      position_(begin_),
      page_size_(static_cast<std::size_t>(matcher_.filter().latest_page_size)),
      examined_(begin_) {}

std::vector<std::size_t> HistoryCollector::read_next(std::size_t count) {
    std::vector<std::size_t> page;
    if (silent_)
        return page;
    page.reserve(std::min(count, store_->size() - position_));
    for (; position_ < store_->size() && page.size() < count; ++position_) {
        if (matcher_.matches(store_->row(position_)))
            page.push_back(position_);
    }
    return page;
}

std::vector<std::size_t> HistoryCollector::read_previous(std::size_t count) {
    std::vector<std::size_t> page;
    if (silent_)
        return page;
    for (; position_ > begin_ && page.size() < count; --position_) {
        if (matcher_.matches(store_->row(position_ - 1)))
            page.push_back(position_ - 1);
    }
    return page;
}

void HistoryCollector::reset() {
    auto const page = latest_page();
    position_ = page.empty() ? begin_ : page.back();
}

std::vector<std::size_t> HistoryCollector::latest_page() {
    return newest(std::min(end_, store_->size()), page_size_);
}

std::vector<std::size_t> HistoryCollector::newest(std::size_t before, std::size_t count) {
    std::vector<std::size_t> page;
    for (auto at = before; at > begin_ && page.size() < count; --at) {
        if (matcher_.matches(store_->row(at - 1)))
            page.push_back(at - 1);
    }
    return page;
}

std::size_t HistoryCollector::latest_page_version() {
    for (; examined_ < std::min(end_, store_->size()); ++examined_) {
        if (matcher_.matches(store_->row(examined_)))
            last_match_ = examined_ + 1;
    }
    return last_match_;
}

void HistoryCollector::silence() {
    silent_ = true;
    end_ = std::min(end_, store_->size());
}

}  // namespace millrace::simulator
