// SPDX-License-Identifier: Apache-2.0
#include "broker/record/stored_event.hpp"

#include "broker/disk/byte_codec.hpp"
#include "common/base/encoding.hpp"

namespace millrace::broker {
namespace {

// Not attribute names (a colon), so that they cannot clash with extensions.
constexpr std::string_view traceparent_key = ":traceparent";
constexpr std::string_view tracestate_key = ":tracestate";

void append_pair(std::string& to, std::string_view name, std::string_view value) {
    if (value.empty())
        return;
    append_text(to, name);
    append_text(to, value);
}

}  // namespace

std::uint64_t lane_of(CloudEvent const& event) {
    std::string_view const key = event.attribute("partitionkey");
    if (key.empty())
        return 0;
    std::string both = event.source;
    both += '\n';
    both += key;
    std::uint64_t const lane = fnv1a(both);
    return lane == 0 ? 1 : lane;
}

std::string encode_attributes(StoredEvent const& event) {
    std::string bytes;
    append_pair(bytes, "specversion", event.event.specversion);
    append_pair(bytes, "time", event.event.time);
    append_pair(bytes, "datacontenttype", event.event.datacontenttype);
    append_pair(bytes, "dataschema", event.event.dataschema);
    append_pair(bytes, traceparent_key, event.traceparent);
    append_pair(bytes, tracestate_key, event.tracestate);
    for (auto const& [name, value] : event.event.extensions)
        append_pair(bytes, name, value);
    return bytes;
}

bool decode_attributes(std::string_view bytes, StoredEvent& to) {
    ByteReader reader(bytes);
    while (!reader.at_end()) {
        std::string_view const name = reader.text();
        std::string value(reader.text());
        if (!reader.ok())
            return false;
        if (name == traceparent_key)
            to.traceparent = std::move(value);
        else if (name == tracestate_key)
            to.tracestate = std::move(value);
        else if (is_attribute_name(name))
            to.event.set_attribute(name, std::move(value));
        else
            return false;
    }
    return true;
}

std::size_t memory_of(StoredEvent const& event) {
    // A node of the allocator and of the lists it stands in.
    constexpr std::size_t overhead = 256;
    constexpr std::size_t extension_overhead = 64;
    CloudEvent const& told = event.event;
    std::size_t bytes = sizeof(StoredEvent) + overhead + event.matches.size() * sizeof(void*);
    for (std::string const* text :
         {&event.broker, &event.traceparent, &event.tracestate, &event.summary, &told.id,
          &told.source, &told.type, &told.specversion, &told.subject, &told.time,
          &told.datacontenttype, &told.dataschema, &told.data})
        bytes += text->size();
    for (auto const& [name, value] : told.extensions)
        bytes += name.size() + value.size() + extension_overhead;
    return bytes;
}

}  // namespace millrace::broker
