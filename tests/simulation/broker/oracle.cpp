// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/broker/oracle.hpp"

#include <algorithm>

namespace millrace::test {
namespace {

/// A record waits 40 ms for company and a few for the commit before; the rest is margin.
constexpr nanoseconds record_time = 80ms;
/// What a failing disk refused is written again after at most this (LateRecords).
constexpr nanoseconds trouble_echo = 31s;

}  // namespace

void Oracle::problem_in(std::size_t& counter, std::string const& problem) {
    ++counter;
    if (verdict_.first_problem.empty())
        verdict_.first_problem = problem;
}

std::size_t Oracle::posted(unsigned entity, std::set<std::string> expected) {
    events_.push_back({.entity = entity, .expected = std::move(expected)});
    return events_.size() - 1;
}

void Oracle::stored(std::size_t number, std::int64_t seq) {
    if (events_[number].is_accepted && events_[number].seq != seq)
        contradiction("event " + std::to_string(number) + " changed its place");
    events_[number].seq = seq;
}

std::int64_t Oracle::last_accepted_seq() const {
    std::int64_t last = 0;
    for (Event const& event : events_)
        if (event.is_accepted)
            last = std::max(last, event.seq);
    return last;
}

void Oracle::forget_stored_after(std::int64_t seq) {
    for (Event& event : events_)
        if (event.seq > seq)
            event.seq = 0;
}

void Oracle::received(std::string const& uid, std::size_t number, Told told) {
    Event const& event = events_.at(number);
    Delivery& delivery = deliveries_[{uid, number}];
    std::string const what = uid + " got event " + std::to_string(number);
    ++verdict_.deliveries;
    if (!event.expected.contains(uid))
        problem_in(verdict_.uncalled_for, what);
    if (delivery.receipts++ > 0) {
        ++verdict_.repeated;
        if (!delivery.may_repeat)
            problem_in(verdict_.repeated_without_cause, what + " again");
    } else if (event.entity != 0 && !delivery.is_given_up) {
        auto const [last, is_first] = last_of_entity_.try_emplace({uid, event.entity}, number);
        if (!is_first && number < last->second)
            problem_in(
                verdict_.out_of_order, what + " after event " + std::to_string(last->second));
        last->second = std::max(last->second, number);
    }
    delivery.may_repeat = told == Told::no;
}

void Oracle::attempted(std::string const& uid, std::size_t number) {
    ++deliveries_[{uid, number}].attempts;
}

void Oracle::refused(std::string const& uid, std::size_t number) {
    deliveries_[{uid, number}].is_refused = true;
}

void Oracle::settled(
    std::string const& uid, std::size_t number, broker::DeliveryState state, nanoseconds now,
    unsigned retries) {
    Key const key{uid, number};
    Delivery& delivery = deliveries_[key];
    delivery.is_on_disk = false;
    delivery.settled_at = now;
    settled_now_.insert(key);
    if (state == broker::DeliveryState::delivered)
        return;
    ++verdict_.given_up;
    delivery.is_given_up = true;
    if (!delivery.is_refused && delivery.attempts <= retries)
        problem_in(
            verdict_.given_up_without_cause, uid + " was given up on " + std::to_string(number));
}

void Oracle::disk_trouble(bool has_begun, nanoseconds now) {
    bool const is_open = !troubles_.empty() && troubles_.back().to == nanoseconds::max();
    if (has_begun && !is_open)
        troubles_.push_back({.from = now, .to = nanoseconds::max()});
    if (!has_begun && is_open)
        troubles_.back().to = now;
}

bool Oracle::was_trouble(nanoseconds at) const {
    return std::ranges::any_of(troubles_, [at](Trouble const& trouble) {
        bool const is_over = trouble.to != nanoseconds::max() && trouble.to + trouble_echo < at;
        return trouble.from <= at + record_time && !is_over;
    });
}

void Oracle::process_ended(nanoseconds now) {
    were_counters_lost_ = were_counters_lost_ || was_trouble(now);
    for (Key const& key : settled_now_) {
        Delivery& delivery = deliveries_[key];
        delivery.is_on_disk =
            delivery.settled_at + record_time <= now && !was_trouble(delivery.settled_at);
    }
    settled_now_.clear();
    for (auto& [key, delivery] : deliveries_)
        delivery.may_repeat = delivery.may_repeat || !delivery.is_on_disk;
}

std::size_t Oracle::owed(std::set<std::string> const& alive) const {
    std::size_t count = 0;
    for (std::size_t number = 0; number < events_.size(); ++number)
        for (std::string const& uid : events_[number].expected) {
            auto const found = deliveries_.find({uid, number});
            bool const is_done = found != deliveries_.end() &&
                                 (found->second.receipts > 0 || found->second.is_given_up);
            count += events_[number].is_accepted && alive.contains(uid) && !is_done ? 1 : 0;
        }
    return count;
}

std::size_t Oracle::stored_for(std::string const& uid, std::int64_t first_seq) const {
    return static_cast<std::size_t>(std::ranges::count_if(events_, [&](Event const& event) {
        return event.seq >= first_seq && event.expected.contains(uid);
    }));
}

Verdict Oracle::verdict(std::set<std::string> const& alive) {
    verdict_.events = events_.size();
    verdict_.accepted =
        static_cast<std::size_t>(std::ranges::count_if(events_, &Event::is_accepted));
    verdict_.lost = owed(alive);
    return verdict_;
}

}  // namespace millrace::test
