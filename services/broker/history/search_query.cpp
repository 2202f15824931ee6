// SPDX-License-Identifier: Apache-2.0
#include "broker/history/search_query.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "broker/history/event_text.hpp"

namespace millrace::broker {

void DeliveryCounts::add(DeliveryState state) {
    ++matched;
    if (!is_settled(state))
        ++pending;
    else if (state == DeliveryState::delivered)
        ++delivered;
    else
        ++failed;
}

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

void read_extensions(HttpRequest const& request, SearchQuery& query) {
    for (std::string const name : {"vmname", "hostname", "username"})
        if (std::string value = request.query_value(name); !value.empty())
            query.extensions.emplace_back(name, std::move(value));
}

void read_outcome(HttpRequest const& request, SearchQuery& query, Faults& faults) {
    static std::map<std::string, EventOutcome, std::less<>> const outcomes = {
        {"", EventOutcome::any},
        {"delivered", EventOutcome::delivered},
        {"failed", EventOutcome::failed},
        {"pending", EventOutcome::pending},
        {"unmatched", EventOutcome::unmatched}};
    auto const found = outcomes.find(request.query_value("outcome"));
    if (found == outcomes.end())
        faults.push_back({"outcome", "must be delivered, failed, pending or unmatched."});
    else
        query.outcome = found->second;
    if (std::string trigger = request.query_value("trigger"); !trigger.empty())
        query.triggers = std::set<std::string>{std::move(trigger)};
}

/// Cuts `text` at spaces; what stands in double quotes is one piece.
std::vector<std::string_view> pieces_of(std::string_view text) {
    std::vector<std::string_view> pieces;
    while (!text.empty()) {
        bool const is_quoted = text.front() == '"';
        if (is_quoted)
            text.remove_prefix(1);
        auto const end = std::min(text.find_first_of(is_quoted ? "\"" : " \t"), text.size());
        if (end > 0)
            pieces.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return pieces;
}

void read_words(std::string_view text, SearchQuery& query, Faults& faults) {
    std::size_t count = 0;
    for (std::string_view const piece : pieces_of(text)) {
        std::vector<std::string> words = words_of(piece);
        count += words.size();
        if (words.size() == 1)
            query.words.push_back(std::move(words.front()));
        else if (!words.empty())
            query.phrases.push_back(std::move(words));
    }
    if (count > words_max)
        faults.push_back({"q", "must have 20 words at most."});
}

bool fits(std::string const& found, std::string const& word, bool as_prefix) {
    return as_prefix && word.size() >= prefix_bytes_min ? found.starts_with(word) : found == word;
}

bool phrase_occurs(std::vector<std::string> const& text, std::vector<std::string> const& phrase) {
    for (std::size_t at = 0; at + phrase.size() <= text.size(); ++at) {
        std::size_t same = 0;
        while (same < phrase.size() &&
               fits(text[at + same], phrase[same], same + 1 == phrase.size()))
            ++same;
        if (same == phrase.size())
            return true;
    }
    return false;
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
    read_words(request.query_value("q"), query, faults);
    read_extensions(request, query);
    read_outcome(request, query, faults);
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
    for (auto const& phrase : query.phrases)
        for (std::string const& word : phrase)
            append_term(
                expression, word, &word == &phrase.back() && word.size() >= prefix_bytes_min);
    for (auto const& [name, value] : query.extensions)
        for (std::string const& word : words_of(value))
            append_term(expression, word, false);
    return expression;
}

bool attributes_match(SearchQuery const& query, CloudEvent const& event) {
    return (query.type.empty() || query.type == event.type) &&
           (query.subject.empty() || query.subject == event.subject) &&
           (query.source.empty() || query.source == event.source) &&
           std::ranges::all_of(query.extensions, [&event](auto const& wanted) {
               return event.attribute(wanted.first) == wanted.second;
           });
}

bool phrases_match(SearchQuery const& query, CloudEvent const& event) {
    if (query.phrases.empty())
        return true;
    std::vector<std::string> const words = words_of(searchable_text(event));
    return std::ranges::all_of(
        query.phrases, [&](auto const& phrase) { return phrase_occurs(words, phrase); });
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
