// SPDX-License-Identifier: Apache-2.0
#include "broker/api/live_news.hpp"

#include <utility>

#include "broker/api/api_json.hpp"

namespace millrace::broker {
namespace {

/// After a break a stream is filled up with at most this many events; a reader who missed more is
/// told how many and reads the history.
constexpr std::size_t resume_events_max = 500;
constexpr milliseconds deliveries_interval = 250ms;
constexpr milliseconds triggers_interval = 1s;
constexpr std::size_t rows_at_once_max = 500;
constexpr std::size_t reads_at_once_max = 200;

constexpr std::string_view delivery_topic = "deliveries";
constexpr std::string_view trigger_topic = "triggers";

/// Type, subject and source of an event on lines of their own: what streams are filtered by. The
/// other topics have no line end.
std::string topic_of(CloudEvent const& event) {
    return event.type + "\n" + event.subject + "\n" + event.source;
}

bool wants_topic(NewsWish const& wish, std::string_view topic) {
    std::size_t const first = topic.find('\n');
    if (first == std::string_view::npos)
        return topic == delivery_topic ? wish.deliveries : wish.triggers;
    std::size_t const second = topic.find('\n', first + 1);
    return wish.events && (wish.type.empty() || topic.substr(0, first) == wish.type) &&
           (wish.subject.empty() || topic.substr(first + 1, second - first - 1) == wish.subject) &&
           (wish.source.empty() || topic.substr(second + 1) == wish.source);
}

std::string sse_of(StoredEvent const& event, DeliveryCounts const& counts) {
    return format_sse("event", dump_json(row_json(event, counts)), std::to_string(event.seq));
}

std::string resync(std::string_view reason) {
    return format_sse("resync", dump_json(Json{{"reason", reason}}));
}

}  // namespace

LiveNews::Told LiveNews::told_of(TriggerDelivery const& delivery) {
    TriggerTotals const& totals = delivery.totals();
    return {
        .first_seq = delivery.first_seq(),
        .settled = totals.delivered + totals.failed,
        .matched = totals.matched,
        .pending = delivery.pending(),
        .last_error_at = totals.last_error_at,
        .fault = delivery.route().fault,
        .address = delivery.route().subscriber_url.value_or("")};
}

bool NewsWish::wants(CloudEvent const& event) const {
    return wants_topic(*this, topic_of(event));
}

Checked<NewsWish> parse_news_wish(HttpRequest const& request) {
    NewsWish wish{
        .type = request.query_value("type"),
        .subject = request.query_value("subject"),
        .source = request.query_value("source")};
    std::string topics = request.query_value("topics");
    wish.events = topics.empty();
    while (!topics.empty()) {
        std::string const topic = topics.substr(0, topics.find(','));
        topics.erase(0, topic.size() + 1);
        if (topic == "events")
            wish.events = true;
        else if (topic == delivery_topic)
            wish.deliveries = true;
        else if (topic == trigger_topic)
            wish.triggers = true;
        else
            return std::unexpected(Faults{{"topics", "must name events, deliveries or triggers."}});
    }
    return wish;
}

LiveNews::LiveNews(LiveNewsParts parts)
    : parts_(std::move(parts)),
      hub_(parts_.executor),
      readers_(parts_.telemetry.gauge(
          "millrace_broker_live_readers", "Live streams that are listened to.")),
      changed_(parts_.executor) {}

void LiveNews::publish(StoredEvent const& event) {
    newest_ = event.seq;
    if (hub_.readers() == 0)
        return;
    DeliveryCounts counts;
    counts.matched = event.matches.size();
    counts.pending = counts.matched;
    board_.stored(event);
    hub_.publish(topic_of(event.event), sse_of(event, counts));
    show_readers();
    if (counts.matched == 0)
        return;
    counters_moved_ = true;
    changed_.notify();
}

void LiveNews::show_readers() {
    readers_.set(static_cast<std::int64_t>(hub_.readers()));
}

void LiveNews::recorded(DeliveryRecord const& record) {
    if (hub_.readers() == 0)
        return;
    board_.changed(record);
    counters_moved_ = true;
    changed_.notify();
}

void LiveNews::triggers_changed() {
    if (hub_.readers() == 0)
        return;
    counters_moved_ = true;
    changed_.notify();
}

Task<void> LiveNews::run() {
    for (;;) {
        if (!board_.has_news() && !counters_moved_)
            if (auto const woken = co_await changed_.wait(std::chrono::hours(1)); !woken)
                co_return;
        if (auto const slept = co_await sleep_for(deliveries_interval); !slept)
            co_return;
        if (hub_.readers() == 0) {
            board_.clear();
            told_.clear();
            counters_moved_ = false;
            continue;
        }
        co_await read_unknown();
        tell_deliveries();
        tell_triggers();
    }
}

Task<void> LiveNews::read_unknown() {
    auto const seqs = board_.unread(reads_at_once_max);
    if (seqs.empty())
        co_return;
    auto const records = co_await parts_.searching.run([&history = parts_.history, seqs] {
        std::vector<Result<HistoryRecord>> found;
        for (std::int64_t const seq : seqs)
            found.push_back(history.find(seq));
        return Result<std::vector<Result<HistoryRecord>>>(std::move(found));
    });
    if (!records)
        co_return;
    auto const in_force = parts_.dispatchers.in_force();
    for (std::size_t i = 0; i < seqs.size(); ++i) {
        bool const is_gone = !(*records)[i] && (*records)[i].error().code == ErrorCode::not_found;
        // One that cannot be read now is read at the next turn.
        if ((*records)[i] || is_gone)
            board_.learn(seqs[i], (*records)[i] ? &*(*records)[i] : nullptr, in_force.get());
    }
}

void LiveNews::tell_deliveries() {
    if (board_.take_lost())
        hub_.publish(
            delivery_topic, resync("More deliveries changed than can be told; read the history."));
    for (DeliveryBoard::Row const& row : board_.take(rows_at_once_max))
        hub_.publish(
            delivery_topic, format_sse("delivery", dump_json(delivery_json(row.seq, row.counts))));
}

std::string LiveNews::all_triggers() const {
    Json items = Json::array();
    for (auto const& [name, delivery] : parts_.dispatchers.all())
        items.push_back(trigger_json(*delivery, parts_.dispatchers.received(*delivery)));
    return format_sse("triggers", dump_json(Json{{"items", std::move(items)}}));
}

void LiveNews::tell_triggers() {
    if (!counters_moved_ || steady_now() - triggers_told_at_ < triggers_interval)
        return;
    triggers_told_at_ = steady_now();
    counters_moved_ = false;
    std::map<std::string, Told> before = std::exchange(told_, {});
    for (auto const& [name, delivery] : parts_.dispatchers.all()) {
        auto const told = before.find(name);
        Told& now = told_.emplace_hint(told_.end(), name, told_of(*delivery))->second;
        if (told == before.end() || told->second != now)
            hub_.publish(
                trigger_topic,
                format_sse(
                    "trigger",
                    dump_json(trigger_json(*delivery, parts_.dispatchers.received(*delivery)))));
        if (told != before.end() && told->second.first_seq == now.first_seq)
            before.erase(told);
    }
    if (before.empty())
        return;
    // Of triggers removed, or made anew: what waited for them is given up without a record.
    board_.clear();
    hub_.publish(delivery_topic, resync("A trigger was removed; read the history."));
    hub_.publish(trigger_topic, all_triggers());
}

/// The rows since, as server-sent events. What is published while they are read on another thread
/// has to be read, too.
Task<Result<LiveNews::Missed>> LiveNews::missed_since(NewsWish const& wish, std::int64_t seq) {
    auto const in_force = parts_.dispatchers.in_force();
    Missed told;
    std::string& text = told.text;
    std::size_t count = 0;
    do {
        auto const missed = co_await parts_.searching.run(
            [&history = parts_.history, seq, left = resume_events_max - count, in_force] {
                return history.rows_after(seq, left, in_force);
            });
        if (!missed)
            co_return std::unexpected(missed.error());
        for (HistoryRow const& row : *missed) {
            if (wish.wants(row.event->event))
                text += sse_of(*row.event, row.deliveries);
            if (row.deliveries.pending > 0)
                told.unsettled.push_back(row.event->seq);
        }
        if (missed->empty())
            break;
        seq = missed->back().event->seq;
        count += missed->size();
    } while (seq < newest_ && count < resume_events_max);
    if (count == resume_events_max)
        text += format_sse("dropped", R"({"n":1,"more":true})");
    co_return told;
}

Task<Result<HttpAnswer>> LiveNews::subscribe(
    NewsWish wish, std::optional<std::int64_t> last_event_id) {
    std::string first;
    std::vector<std::int64_t> unsettled;
    if (wish.events && last_event_id) {
        auto missed = co_await missed_since(wish, *last_event_id);
        if (!missed)
            co_return std::unexpected(missed.error());
        first = std::move(missed->text);
        unsettled = std::move(missed->unsettled);
    }
    // What changes from now on is told: what a trigger was known by must be known for that.
    if (told_.empty())
        for (auto const& [name, delivery] : parts_.dispatchers.all())
            told_.emplace(name, told_of(*delivery));
    // Where the stream begins, so that a reader can go on from there even if nothing came.
    if (wish.events && !last_event_id)
        first = "id: " + std::to_string(newest_) + "\n\n";
    if (wish.triggers)
        first += all_triggers();
    HttpAnswer answer = hub_.subscribe(
        [wish = std::move(wish)](std::string_view topic) { return wants_topic(wish, topic); },
        std::move(first));
    show_readers();
    // What became of them while nobody listened, or had not been written when they were read.
    for (std::int64_t const seq : unsettled)
        board_.doubt(seq);
    if (!unsettled.empty())
        changed_.notify();
    co_return answer;
}

}  // namespace millrace::broker
