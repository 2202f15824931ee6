// SPDX-License-Identifier: Apache-2.0
#include "router/vcenter/event_page.hpp"

#include <charconv>

#include "router/vcenter/xml.hpp"

namespace millrace::router {
namespace {

constexpr std::string_view event_name = "returnval";
constexpr std::string_view answer_name = "ReadNextEventsResponse";

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
}

/// Where the tag that holds `name` at `at` begins ("<p:name" or "</p:name", as `opening` says);
/// npos if what stands there is none.
std::size_t tag_before(std::string_view text, std::size_t at, std::string_view opening) {
    std::size_t begin = at;
    if (begin > 0 && text[begin - 1] == ':') {
        --begin;
        while (begin > 0 && is_name_character(text[begin - 1]))
            --begin;
    }
    bool const is_tag =
        begin >= opening.size() && text.substr(begin - opening.size(), opening.size()) == opening;
    return is_tag ? begin - opening.size() : std::string_view::npos;
}

std::vector<std::size_t> event_starts(std::string_view text) {
    std::vector<std::size_t> starts;
    for (std::size_t at = text.find(event_name); at != std::string_view::npos;
         at = text.find(event_name, at + event_name.size())) {
        std::size_t const end = at + event_name.size();
        std::size_t const begin = tag_before(text, at, "<");
        if (begin != std::string_view::npos && end < text.size() && !is_name_character(text[end]))
            starts.push_back(begin);
    }
    return starts;
}

/// The text of the first element of this name in what may be no XML.
std::string_view text_of(std::string_view event, std::string_view name) {
    auto const at = event.find(std::string(name) + ">");
    if (at == std::string_view::npos)
        return {};
    std::string_view const rest = event.substr(at + name.size() + 1);
    return rest.substr(0, rest.find('<'));
}

UnreadableEvent describe(std::string_view event, std::string reason) {
    return {
        soap::parse_key(text_of(event, "key")),
        parse_rfc3339(text_of(event, "createdTime")).value_or(SystemTime()), std::move(reason)};
}

/// What is wrong with the event when it stands alone in its envelope; empty: nothing.
std::string fault_of(std::string_view head, std::string_view event, std::string_view tail) {
    std::string alone(head);
    alone += event;
    alone += tail;
    auto const parsed = soap::parse_document(std::move(alone));
    if (!parsed)
        return parsed.error().detail;
    // A tag that closes the envelope early would make others disappear.
    auto const body = (*parsed)->answer.body;
    bool const is_one = local_name(body.name()) == answer_name && body.first_child() &&
                        body.first_child() == body.last_child();
    return is_one ? "" : "It is not one element.";
}

}  // namespace

Result<EventPage> parse_event_page(std::string text) {
    std::string const original = text;
    auto whole = soap::parse_document(std::move(text));
    if (whole)
        return EventPage{std::move(*whole), {}};
    auto const starts = event_starts(original);
    auto const name_at = original.rfind(answer_name);
    auto const end = name_at == std::string::npos ? name_at : tag_before(original, name_at, "</");
    if (starts.empty() || end == std::string::npos || end < starts.back())
        return std::unexpected(whole.error());
    std::string_view const all = original;
    std::string_view const head = all.substr(0, starts.front());
    std::string_view const tail = all.substr(end);
    std::string good(head);
    EventPage page;
    for (std::size_t i = 0; i < starts.size(); ++i) {
        std::size_t const stop = i + 1 < starts.size() ? starts[i + 1] : end;
        std::string_view const event = all.substr(starts[i], stop - starts[i]);
        if (std::string fault = fault_of(head, event, tail); !fault.empty())
            page.unreadable.push_back(describe(event, std::move(fault)));
        else
            good += event;
    }
    good += tail;
    auto rest = soap::parse_document(std::move(good));
    if (!rest || page.unreadable.empty())
        return std::unexpected(rest ? whole.error() : rest.error());
    page.soap = std::move(*rest);
    return page;
}

}  // namespace millrace::router
