// SPDX-License-Identifier: Apache-2.0
#include "console/feed/tab.hpp"

namespace millrace::console {
namespace {

constexpr std::size_t queue_items_max = 1'000;
constexpr std::size_t events_a_second_max = 50;

/// What the topic of deliveries says of a row.
Json delivery_of(std::int64_t seq, Json const& row) {
    Json delivery = Json::object();
    delivery["seq"] = std::to_string(seq);
    delivery["deliveries"] = row["deliveries"];
    return delivery;
}

}  // namespace

Tab::Tab(asio::any_io_executor executor, StreamWish wish)
    : wish_(std::move(wish)),
      queue_(executor, queue_items_max),
      tasks_(executor) {
    queue_.push(": open\n\n");
}

void Tab::fill_up(EventWindow const& window) {
    if (!wish_.events || !wish_.since)
        return;
    if (!window.covers(*wish_.since)) {
        about_events(format_sse(
            "resync", R"({"reason":"Not all that came meanwhile is at hand; read the history."})"));
        return;
    }
    for (auto const& [seq, row] : window.rows()) {
        if (!wish_.wants_event(row))
            continue;
        // What the tab has may have been read before its deliveries changed.
        queue_.push(
            seq > *wish_.since ? format_sse("event", dump_json(row), std::to_string(seq))
                               : format_sse("delivery", dump_json(delivery_of(seq, row))));
    }
}

void Tab::event(std::int64_t seq, Json const& row, std::string const& formatted, SteadyTime now) {
    // The event's own page has no use for its row, but for how it stands once that is known.
    if (wish_.seq == seq && integer_at(row, "deliveries/pending").value_or(0) == 0)
        queue_.push(format_sse("delivery", dump_json(delivery_of(seq, row))));
    if (!wish_.wants_event(row) || (wish_.since && seq <= *wish_.since))
        return;
    tell_left_out(now);
    if (++in_second_ > events_a_second_max)
        ++left_out_;
    else
        queue_.push(formatted);
}

void Tab::delivery(std::int64_t seq, Json const* row, std::string const& formatted) {
    bool const is_listed = row == nullptr ? wish_.events : wish_.wants_event(*row);
    if (wish_.seq == seq || is_listed)
        queue_.push(formatted);
}

void Tab::about_events(std::string const& formatted) {
    if (wish_.events || wish_.seq)
        queue_.push(formatted);
}

void Tab::tell_left_out(SteadyTime now) {
    if (now - second_ < 1s)
        return;
    second_ = now;
    in_second_ = 0;
    if (left_out_ > 0)
        queue_.push(format_sse("dropped", "{\"n\":" + std::to_string(left_out_) + "}"));
    left_out_ = 0;
}

void Tab::end(std::string_view code) {
    queue_.push(format_sse("end", dump_json(Json{{"code", code}})));
    queue_.finish();
}

Task<void> Tab::look_each_second(std::function<bool()> alive) {
    while (alive()) {
        tell_left_out(steady_now());
        if (auto const slept = co_await sleep_for(1s); !slept)
            co_return;
    }
    end("session.expired");
}

Task<void> Tab::run(BodyWriter& writer, std::function<bool()> alive) {
    tasks_.spawn("stream session", look_each_second(std::move(alive)));
    co_await queue_.run_fed_by(tasks_, writer);
}

}  // namespace millrace::console
