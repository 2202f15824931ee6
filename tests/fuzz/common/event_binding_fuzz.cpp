// SPDX-License-Identifier: Apache-2.0
// CloudEvents in HTTP: header lines, an empty line, the body; all three content modes.
#include "common/event/http_binding.hpp"
#include "common/event/json_binding.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace millrace::fuzz {
namespace {

constexpr std::size_t events_max = 100;

/// An accepted event can be sent on in both modes, and is then the event it was.
void send_on(CloudEvent const& event) {
    Headers const headers = binary_headers(event);
    for (auto const& [name, value] : headers)
        FUZZ_HOLDS(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
    auto const again = read_events(headers, event.data, 1);
    FUZZ_HOLDS(again.has_value() && again->size() == 1);
    CloudEvent expected = event;
    // An empty body and none are the same on the wire.
    expected.has_data = !event.data.empty();
    FUZZ_HOLDS(again->front() == expected);
    Json const json = to_json(event);
    auto const structured = event_from_json(dump_json(json));
    FUZZ_HOLDS(structured.has_value());
    CloudEvent told = event;
    // What the format implies is said by whoever reads it.
    if (json.contains("data") && event.datacontenttype.empty())
        told.datacontenttype = "application/json";
    FUZZ_HOLDS(to_json(*structured) == to_json(told));
}

}  // namespace

void take(std::string_view bytes) {
    Parts parts(bytes);
    Headers headers;
    for (std::string_view line = parts.line(); !line.empty(); line = parts.line()) {
        auto const colon = line.find(": ");
        if (colon != std::string_view::npos)
            headers.add(std::string(line.substr(0, colon)), std::string(line.substr(colon + 2)));
    }
    auto const events = read_events(headers, parts.rest(), events_max);
    if (!events)
        return FUZZ_HOLDS(!events.error().detail.empty());
    FUZZ_HOLDS(events->size() <= events_max);
    for (CloudEvent const& event : *events)
        send_on(event);
}

}  // namespace millrace::fuzz
