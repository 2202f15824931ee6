// SPDX-License-Identifier: Apache-2.0
#include "common/kube/events/event_queue.hpp"

#include <algorithm>

namespace millrace {
namespace {

constexpr std::size_t message_bytes_max = 1024;

/// Not inside a UTF-8 character.
void cut(std::string& text) {
    if (text.size() <= message_bytes_max)
        return;
    std::size_t end = message_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
        --end;
    text.resize(end);
}

bool is_of_same_object(ObjectNews const& one, ObjectNews const& other) {
    return one.uid == other.uid && one.name == other.name && one.kind == other.kind;
}

}  // namespace

void EventQueue::add(ObjectNews news, SystemTime now) {
    cut(news.message);
    auto const before = std::ranges::find_if(
        waiting_, [&](ObjectNews const& one) { return is_of_same_object(one, news); });
    if (before != waiting_.end()) {
        waiting_.erase(before);
        ++dropped_;
    }
    if (waiting_.size() == waiting_max) {
        waiting_.pop_front();
        ++dropped_;
    }
    auto const [told, is_new] = counts_.try_emplace(news, Told{.count = 0, .first = now});
    ++told->second.count;
    if (!is_new)
        std::erase(order_, news);
    order_.push_back(news);
    if (order_.size() > told_max) {
        counts_.erase(order_.front());
        order_.pop_front();
    }
    waiting_.push_back(std::move(news));
}

std::optional<EventQueue::Counted> EventQueue::take() {
    if (waiting_.empty())
        return std::nullopt;
    ObjectNews news = std::move(waiting_.front());
    waiting_.pop_front();
    Told const told = counts_.at(news);
    return Counted{.news = std::move(news), .count = told.count, .first = told.first};
}

}  // namespace millrace
