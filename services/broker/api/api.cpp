// SPDX-License-Identifier: Apache-2.0
#include "broker/api/api.hpp"

#include <charconv>

#include "broker/api/api_json.hpp"

namespace millrace::broker {
namespace {

constexpr std::string_view prefix = "/api/v1/";
/// After a break a stream is filled up with at most this many events; a reader who missed more is
/// told how many and reads the history.
constexpr std::size_t resume_events_max = 500;

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || code != std::errc{} || end != text.data() + text.size() || value < 0)
        return std::nullopt;
    return value;
}

HttpAnswer json(Json const& value) {
    return json_answer(200, dump_json(value));
}

HttpAnswer faults_answer(Faults const& faults) {
    return problem_answer(400, "invalid", to_string(faults));
}

/// Type, subject and source of an event on lines of their own: what streams are filtered by.
std::string topic_of(CloudEvent const& event) {
    return event.type + "\n" + event.subject + "\n" + event.source;
}

struct StreamFilter {
    std::string type;
    std::string subject;
    std::string source;

    bool wants(std::string_view topic) const {
        std::size_t const first = topic.find('\n');
        std::size_t const second = topic.find('\n', first + 1);
        return (type.empty() || topic.substr(0, first) == type) &&
               (subject.empty() || topic.substr(first + 1, second - first - 1) == subject) &&
               (source.empty() || topic.substr(second + 1) == source);
    }
};

std::string sse_of(StoredEvent const& event, DeliveryCounts const& counts) {
    return format_sse("event", dump_json(row_json(event, counts)), std::to_string(event.seq));
}

}  // namespace

Task<HttpAnswer> Api::handle(HttpRequest& request) {
    if (!request.path.starts_with(prefix))
        co_return problem_answer(404, "notFound", "There is no such path.");
    if (request.method != "GET") {
        HttpAnswer answer = problem_answer(405, "methodNotAllowed", "Only GET is answered here.");
        answer.headers.set("Allow", "GET");
        co_return answer;
    }
    std::string_view const path = std::string_view(request.path).substr(prefix.size());
    if (path == "events")
        co_return co_await events(request);
    if (path.starts_with("events/"))
        co_return co_await event(path.substr(7));
    if (path == "stream")
        co_return co_await stream(request);
    if (path == "rates")
        co_return rates(request);
    if (path == "triggers")
        co_return triggers();
    if (path == "event-types")
        co_return json(types_json(parts_.types.all()));
    co_return problem_answer(404, "notFound", "There is no such path.");
}

Task<HttpAnswer> Api::events(HttpRequest const& request) {
    auto const query = parse_search(request);
    if (!query)
        co_return faults_answer(query.error());
    auto const page = co_await parts_.searching.run(
        [&history = parts_.history, wanted = *query, budget = parts_.search_budget] {
            return history.search(wanted, budget);
        });
    if (!page)
        co_return problem_answer(page.error());
    co_return json(page_json(*page));
}

Task<HttpAnswer> Api::event(std::string_view seq_text) {
    auto const seq = number(seq_text);
    if (!seq)
        co_return problem_answer(404, "notFound", "An event's number has digits only.");
    auto const record = co_await parts_.searching.run(
        [&history = parts_.history, wanted = *seq] { return history.find(wanted); });
    if (!record)
        co_return problem_answer(record.error());
    co_return json(record_json(*record, parts_.dispatchers.all()));
}

Task<HttpAnswer> Api::stream(HttpRequest const& request) {
    StreamFilter filter{
        .type = request.query_value("type"),
        .subject = request.query_value("subject"),
        .source = request.query_value("source")};
    std::string first;
    if (auto const last = number(request.headers.get("Last-Event-ID"))) {
        std::int64_t seq = *last;
        std::size_t count = 0;
        // What is published while the rows are read on another thread has to be read, too.
        do {
            auto const missed = co_await parts_.searching.run(
                [&history = parts_.history, seq, left = resume_events_max - count] {
                    return history.rows_after(seq, left);
                });
            if (!missed)
                co_return problem_answer(missed.error());
            for (HistoryRow const& row : *missed)
                if (filter.wants(topic_of(row.event->event)))
                    first += sse_of(*row.event, row.deliveries);
            if (missed->empty())
                break;
            seq = missed->back().event->seq;
            count += missed->size();
        } while (seq < newest_ && count < resume_events_max);
        if (count == resume_events_max)
            first += format_sse("dropped", R"({"n":1,"more":true})");
    }
    co_return hub_.subscribe(
        [filter = std::move(filter)](std::string_view topic) { return filter.wants(topic); },
        std::move(first));
}

HttpAnswer Api::rates(HttpRequest const& request) const {
    std::string const text = request.query_value("minutes");
    auto const minutes = text.empty() ? std::optional<std::int64_t>(60) : number(text);
    if (!minutes || *minutes < 1 || *minutes > static_cast<std::int64_t>(Rates::minutes_max))
        return faults_answer({{"minutes", "must be a number from 1 to 1440."}});
    return json(rates_json(parts_.rates.last(static_cast<std::size_t>(*minutes), system_now())));
}

HttpAnswer Api::triggers() const {
    Json items = Json::array();
    for (auto const& [name, dispatcher] : parts_.dispatchers.all())
        items.push_back(trigger_json(*dispatcher, parts_.dispatchers.received(*dispatcher)));
    return json({{"items", std::move(items)}});
}

void Api::publish(StoredEvent const& event) {
    newest_ = event.seq;
    if (hub_.readers() == 0)
        return;
    DeliveryCounts counts;
    counts.matched = event.matches.size();
    counts.pending = counts.matched;
    hub_.publish(topic_of(event.event), sse_of(event, counts));
}

}  // namespace millrace::broker
