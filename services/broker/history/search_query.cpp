// SPDX-License-Identifier: Apache-2.0
#include "broker/history/search_query.hpp"

#include <algorithm>
#include <charconv>

#include "broker/history/event_text.hpp"

namespace millrace::broker {
namespace {

constexpr std::size_t limit_max = 200;
constexpr std::size_t words_max = 20;
constexpr std::size_t prefix_bytes_min = 3;

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::optional<SystemTime> read_time(
    HttpRequest const& request, std::string const& name, Faults& faults) {
    std::string const text = request.query_value(name);
    if (text.empty())
        return std::nullopt;
    auto const time = parse_rfc3339(text);
    if (!time) {
        faults.push_back({name, time.error().detail});
        return std::nullopt;
    }
    return *time;
}

bool word_occurs(std::vector<std::string> const& sorted, std::string const& word) {
    auto const found = std::ranges::lower_bound(sorted, word);
    if (found == sorted.end())
        return false;
    return word.size() >= prefix_bytes_min ? found->starts_with(word) : *found == word;
}

void append_term(std::string& to, std::string const& word, bool as_prefix) {
    to.append(to.empty() ? "\"" : " \"").append(word).append(as_prefix ? "\"*" : "\"");
}

}  // namespace

Checked<SearchQuery> parse_search(HttpRequest const& request) {
    SearchQuery query;
    Faults faults;
    query.type = request.query_value("type");
    query.subject = request.query_value("subject");
    query.source = request.query_value("source");
    query.words = words_of(request.query_value("q"));
    if (query.words.size() > words_max)
        faults.push_back({"q", "must have 20 words at most."});
    query.from = read_time(request, "from", faults);
    query.to = read_time(request, "to", faults);
    if (std::string const text = request.query_value("limit"); !text.empty()) {
        auto const limit = number(text);
        if (limit && *limit >= 1 && *limit <= static_cast<std::int64_t>(limit_max))
            query.limit = static_cast<std::size_t>(*limit);
        else
            faults.push_back({"limit", "must be a number from 1 to 200."});
    }
    if (std::string const text = request.query_value("cursor"); !text.empty()) {
        auto const cursor = number(text);
        if (cursor && *cursor >= 0)
            query.before_seq = *cursor;
        else
            faults.push_back({"cursor", "is none of ours; take it from \"next\" of a page."});
    }
    if (!faults.empty())
        return std::unexpected(std::move(faults));
    return query;
}

std::string match_expression(SearchQuery const& query) {
    std::string expression;
    if (!query.type.empty())
        append_term(expression, exact_word("type", query.type), false);
    if (!query.subject.empty())
        append_term(expression, exact_word("subject", query.subject), false);
    if (!query.source.empty())
        append_term(expression, exact_word("source", query.source), false);
    for (std::string const& word : query.words)
        append_term(expression, word, word.size() >= prefix_bytes_min);
    return expression;
}

bool attributes_match(SearchQuery const& query, CloudEvent const& event) {
    return (query.type.empty() || query.type == event.type) &&
           (query.subject.empty() || query.subject == event.subject) &&
           (query.source.empty() || query.source == event.source);
}

bool words_match(SearchQuery const& query, CloudEvent const& event) {
    if (query.words.empty())
        return true;
    std::vector<std::string> words = words_of(searchable_text(event));
    std::ranges::sort(words);
    return std::ranges::all_of(
        query.words, [&](std::string const& word) { return word_occurs(words, word); });
}

std::string index_text(CloudEvent const& event) {
    std::string text = searchable_text(event);
    text.append(" ").append(exact_word("type", event.type));
    text.append(" ").append(exact_word("subject", event.subject));
    text.append(" ").append(exact_word("source", event.source));
    return text;
}

}  // namespace millrace::broker
