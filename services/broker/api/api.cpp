// SPDX-License-Identifier: Apache-2.0
#include "broker/api/api.hpp"

#include <charconv>

#include "broker/api/api_json.hpp"

namespace millrace::broker {
namespace {

constexpr std::string_view prefix = "/api/v1/";
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
    auto query = parse_search(request);
    if (!query)
        co_return faults_answer(query.error());
    query->in_force = parts_.dispatchers.in_force();
    if (std::string const function = request.query_value("function"); !function.empty())
        query->triggers = triggers_of(function);
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
    co_return json_answer(200, record_text(*record, parts_.dispatchers));
}

Task<HttpAnswer> Api::stream(HttpRequest const& request) {
    auto wish = parse_news_wish(request);
    if (!wish)
        co_return faults_answer(wish.error());
    auto answer = co_await parts_.news.subscribe(
        std::move(*wish), number(request.headers.get("Last-Event-ID")));
    if (!answer)
        co_return problem_answer(answer.error());
    co_return std::move(*answer);
}

std::set<std::string> Api::triggers_of(std::string const& function) const {
    std::set<std::string> triggers;
    for (auto const& [name, dispatcher] : parts_.dispatchers.all())
        if (dispatcher->route().function() == function)
            triggers.insert(name);
    return triggers;
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

}  // namespace millrace::broker
