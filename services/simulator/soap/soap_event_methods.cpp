// SPDX-License-Identifier: Apache-2.0
#include "simulator/soap/soap_event_methods.hpp"

#include <array>
#include <charconv>

#include "simulator/soap/event_filter_xml.hpp"
#include "simulator/world/xml_text.hpp"

namespace millrace::simulator {
namespace {

/// vCenter's default of event.maxCollectors.
constexpr std::size_t collectors_max = 32;
constexpr std::size_t rendered_event_bytes = 900;

std::expected<HistoryCollector*, SoapFault> own_collector(SoapCall& call) {
    auto const found = call.session->collectors.find(call.request.self.value);
    if (found == call.session->collectors.end()) {
        return std::unexpected(object_not_found(call.request.self));
    }
    return &found->second;
}

SoapOutcome create_collector(SoapCall& call) {
    if (call.session->collectors.size() >= collectors_max) {
        return std::unexpected(SoapFault{"InvalidState", "Too many event collectors to create"});
    }
    auto filter = parse_event_filter(call.argument("filter"), call.world.inventory);
    if (!filter)
        return std::unexpected(filter.error());
    auto const id = call.session->new_object_id();
    call.session->collectors.emplace(
        id, HistoryCollector(
                call.world.events, EventMatcher(std::move(*filter), call.world.inventory)));
    call.return_reference({"EventHistoryCollector", id});
    return {};
}

struct PageWish {
    HistoryCollector& collector;
    std::size_t count = 0;
};

/// The collector that is asked, and maxCount. Errors: InvalidArgument beyond 1..1000, as vCenter.
std::expected<PageWish, SoapFault> page_wish(SoapCall& call) {
    auto const collector = own_collector(call);
    if (!collector)
        return std::unexpected(collector.error());
    auto const count = child_integer(call.request.call, "maxCount");
    if (!count || *count < 1 || *count > page_size_max)
        return invalid_argument("maxCount");
    return PageWish{**collector, static_cast<std::size_t>(*count)};
}

void insert_before(std::string& text, std::string_view mark, std::size_t from, char what) {
    auto const at = text.find(mark, from);
    if (at != std::string::npos)
        text.insert(at, 1, what);
}

/// A bare '<' in each event whose key says so.
void break_events(std::string& text, std::size_t from) {
    constexpr std::string_view mark = "<key>";
    for (auto at = text.find(mark, from); at != std::string::npos; at = text.find(mark, at + 1)) {
        std::int32_t key = 0;
        auto const [end, code] =
            std::from_chars(text.data() + at + mark.size(), text.data() + text.size(), key);
        if (code == std::errc() && *end == '<' && key % broken_event_divisor == 0)
            insert_before(text, "</userName>", at, '<');
    }
}

/// Fault bad_xml: breaks the page that is in `call.out` from `from` on.
void break_page(SoapCall& call, std::string const& mode, std::size_t from) {
    if (mode == "illegalCharacter") {
        insert_before(call.out, "</userName>", from, '\x01');
    } else if (mode == "latin1") {
        insert_before(call.out, "</name>", from, '\xe8');
    } else if (mode == "brokenEvents") {
        break_events(call.out, from);
    } else if (mode == "unknownClass") {
        constexpr std::string_view mark = "xsi:type=\"";
        auto const at = call.out.find(mark, from) + mark.size();
        call.out.replace(at, call.out.find('"', at) - at, "EventFromTheFuture");
    } else if (mode == "html") {
        call.out = "<html><body><h1>502 Bad Gateway</h1></body></html>";
        call.broken = true;
    } else {
        call.out.resize(from + (call.out.size() - from) / 2);
        call.broken = true;
    }
}

void return_events(SoapCall& call, std::vector<std::size_t> const& page, bool with_message) {
    auto const from = call.out.size();
    call.out.reserve(from + page.size() * rendered_event_bytes);
    for (auto const index : page) {
        call.world.events.render(index, "returnval", with_message, call.out);
    }
    if (page.empty())
        return;
    auto const fault = call.world.faults.take(FaultKind::bad_xml, call.now);
    if (fault)
        break_page(call, fault->mode, from);
}

SoapOutcome read_next(SoapCall& call) {
    auto const wish = page_wish(call);
    if (!wish)
        return std::unexpected(wish.error());
    return_events(call, wish->collector.read_next(wish->count), wish->collector.with_message());
    return {};
}

SoapOutcome read_previous(SoapCall& call) {
    auto const wish = page_wish(call);
    if (!wish)
        return std::unexpected(wish.error());
    return_events(call, wish->collector.read_previous(wish->count), wish->collector.with_message());
    return {};
}

SoapOutcome set_page_size(SoapCall& call) {
    auto const wish = page_wish(call);
    if (!wish)
        return std::unexpected(wish.error());
    wish->collector.set_page_size(wish->count);
    return {};
}

SoapOutcome rewind(SoapCall& call) {
    auto const collector = own_collector(call);
    if (!collector)
        return std::unexpected(collector.error());
    (*collector)->rewind();
    return {};
}

SoapOutcome reset(SoapCall& call) {
    auto const collector = own_collector(call);
    if (!collector)
        return std::unexpected(collector.error());
    (*collector)->reset();
    return {};
}

SoapOutcome destroy_collector(SoapCall& call) {
    auto const collector = own_collector(call);
    if (!collector)
        return std::unexpected(collector.error());
    call.session->collectors.erase(call.request.self.value);
    return {};
}

SoapOutcome query_events(SoapCall& call) {
    if (call.argument("eventViewSpec"))
        return invalid_argument("eventViewSpec");
    auto filter = parse_event_filter(call.argument("filter"), call.world.inventory);
    if (!filter)
        return std::unexpected(filter.error());
    if (!child(call.argument("filter"), "maxCount"))
        filter->latest_page_size = page_size_max;
    HistoryCollector collector(
        call.world.events, EventMatcher(std::move(*filter), call.world.inventory));
    auto page = collector.latest_page();
    return_events(call, {page.rbegin(), page.rend()}, collector.with_message());
    return {};
}

SoapOutcome post_event(SoapCall& call) {
    auto draft = parse_posted_event(call.argument("eventToPost"));
    if (!draft)
        return std::unexpected(draft.error());
    draft->user_name = call.session->facts.user_name;
    call.world.events.append(*draft, call.now);
    return {};
}

SoapOutcome log_user_event(SoapCall& call) {
    auto const entity = reference_of(call.argument("entity"));
    if (!call.world.inventory.find(entity.value))
        return std::unexpected(object_not_found(entity));
    auto const draft = call.world.operations.catalog().user_message(
        entity, child_text(call.request.call, "msg"), {call.session->facts.user_name, 0});
    call.world.events.append(draft, call.now);
    return {};
}

constexpr std::array<SoapMethod, 10> methods = {{
    {"CreateCollectorForEvents", create_collector},
    {"ReadNextEvents", read_next},
    {"ReadPreviousEvents", read_previous},
    {"SetCollectorPageSize", set_page_size},
    {"RewindCollector", rewind},
    {"ResetCollector", reset},
    {"DestroyCollector", destroy_collector},
    {"QueryEvents", query_events},
    {"PostEvent", post_event},
    {"LogUserEvent", log_user_event},
}};

}  // namespace

std::span<SoapMethod const> event_methods() {
    return methods;
}

}  // namespace millrace::simulator
