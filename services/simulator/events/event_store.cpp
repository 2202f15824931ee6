// SPDX-License-Identifier: Apache-2.0
#include "simulator/events/event_store.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "simulator/world/xml_text.hpp"

namespace millrace::simulator {
namespace {

constexpr std::size_t block_bytes = 1 << 20;
constexpr std::string_view burst_type_id = "com.vmware.millrace.burst";

void append_argument(
    std::string& out, std::string_view field, std::string_view inner,
    NamedReference const& argument) {
    if (argument.empty())
        return;
    out.append("<").append(field).append(">");
    append_element(out, "name", argument.name);
    out += reference_element(inner, argument.reference);
    out.append("</").append(field).append(">");
}

std::string context_xml(EventContext const& context) {
    std::string out;
    append_argument(out, "datacenter", "datacenter", context.datacenter);
    append_argument(out, "computeResource", "computeResource", context.compute_resource);
    append_argument(out, "host", "host", context.host);
    append_argument(out, "vm", "vm", context.vm);
    append_argument(out, "ds", "datastore", context.datastore);
    append_argument(out, "net", "network", context.network);
    return out;
}

}  // namespace

EventStore::Record& EventStore::add(SystemTime now) {
    auto const key = next_key_;
    next_key_ = static_cast<std::int32_t>(static_cast<std::uint32_t>(next_key_) + 1);
    auto created = to_microseconds(now);
    if (!records_.empty())
        created = std::max(created, records_.back().created_us);
    records_.push_back({.created_us = created, .key = key, .chain = key});
    return records_.back();
}

std::int32_t EventStore::append(EventDraft const& draft, SystemTime now) {
    auto const context = intern(draft.context);
    auto const kind = intern_kind(draft.class_name, draft.event_type_id);
    auto const user = intern_user(draft.user_name);
    std::string message;
    append_escaped(message, draft.message);
    auto const where = keep_text(message, draft.details_xml);
    auto& record = add(now);
    record.context = context;
    record.kind = kind;
    record.user = user;
    record.text = where;
    record.message_length = static_cast<std::uint32_t>(message.size());
    record.details_length = static_cast<std::uint32_t>(draft.details_xml.size());
    if (draft.chain != 0)
        record.chain = draft.chain;
    return record.key;
}

std::int32_t EventStore::append(BurstEvent const& event, SystemTime now) {
    auto const& series = series_.at(event.series);
    bool const extended = series.class_name == "EventEx";
    auto const kind =
        intern_kind(series.class_name, extended ? std::string(burst_type_id) : std::string());
    auto const user = intern_user(series.user_name);
    auto& record = add(now);
    record.context = event.context;
    record.kind = kind;
    record.user = user;
    record.text = (std::uint64_t{event.series} << 32) | event.sequence;
    record.message_length = burst_mark;
    return record.key;
}

std::uint32_t EventStore::intern(EventContext const& context) {
    auto xml = context_xml(context);
    auto const [at, is_new] =
        context_numbers_.try_emplace(xml, static_cast<std::uint32_t>(contexts_.size()));
    if (is_new)
        contexts_.push_back({context, std::move(xml)});
    return at->second;
}

std::uint32_t EventStore::begin_burst(BurstSeries series) {
    series_.push_back(std::move(series));
    return static_cast<std::uint32_t>(series_.size() - 1);
}

std::uint16_t EventStore::intern_kind(
    std::string const& class_name, std::string const& event_type_id) {
    auto const [at, is_new] = kind_numbers_.try_emplace(
        {class_name, event_type_id}, static_cast<std::uint16_t>(kinds_.size()));
    if (is_new)
        kinds_.push_back({class_name, event_type_id});
    MILLRACE_ASSERT(kinds_.size() <= UINT16_MAX);
    return at->second;
}

std::uint16_t EventStore::intern_user(std::string const& name) {
    auto const [at, is_new] =
        user_numbers_.try_emplace(name, static_cast<std::uint16_t>(users_.size()));
    if (is_new)
        users_.push_back(name);
    MILLRACE_ASSERT(users_.size() <= UINT16_MAX);
    return at->second;
}

std::uint64_t EventStore::keep_text(std::string_view message_xml, std::string_view details_xml) {
    auto const needed = message_xml.size() + details_xml.size();
    if (blocks_.empty() || blocks_.back().capacity() - blocks_.back().size() < needed) {
        blocks_.emplace_back().reserve(std::max(needed, block_bytes));
    }
    auto& block = blocks_.back();
    auto const offset = block.size();
    block.append(message_xml).append(details_xml);
    return (std::uint64_t{blocks_.size() - 1} << 32) | offset;
}

std::string_view EventStore::text(Record const& record) const {
    auto const& block = blocks_.at(record.text >> 32);
    return std::string_view(block).substr(
        record.text & UINT32_MAX, std::size_t{record.message_length} + record.details_length);
}

EventRow EventStore::row(std::size_t index) const {
    auto const& record = records_.at(index);
    auto const& kind = kinds_.at(record.kind);
    return {
        .key = record.key,
        .chain = record.chain,
        .created_us = record.created_us,
        .class_name = kind.class_name,
        .event_type_id = kind.event_type_id,
        .user_name = users_.at(record.user),
        .context = &contexts_.at(record.context).value,
        .context_number = record.context};
}

std::size_t EventStore::lower_bound(SystemTime begin) const {
    auto const found =
        std::ranges::lower_bound(records_, to_microseconds(begin), {}, &Record::created_us);
    return static_cast<std::size_t>(found - records_.begin());
}

void EventStore::render(
    std::size_t index, std::string_view element, bool with_message, std::string& out) const {
    auto const& record = records_.at(index);
    out.append("<").append(element).append(" xsi:type=\"");
    out.append(kinds_.at(record.kind).class_name).append("\"><key>");
    out.append(std::to_string(record.key)).append("</key><chainId>");
    out.append(std::to_string(record.chain)).append("</chainId><createdTime>");
    append_time(out, record.created_us);
    out.append("</createdTime>");
    append_element(out, "userName", users_.at(record.user));
    out.append(contexts_.at(record.context).xml);
    if (record.message_length == burst_mark) {
        render_burst(record, with_message, out);
    } else {
        auto const parts = text(record);
        if (with_message) {
            out.append("<fullFormattedMessage>").append(parts.substr(0, record.message_length));
            out.append("</fullFormattedMessage>");
        }
        out.append(parts.substr(record.message_length));
    }
    out.append("</").append(element).append(">");
}

void EventStore::render_burst(Record const& record, bool with_message, std::string& out) const {
    auto const& series = series_.at(record.text >> 32);
    auto const& vm = contexts_.at(record.context).value.vm;
    auto const run = std::to_string(series.run);
    auto const sequence = std::to_string(record.text & UINT32_MAX);
    auto const say = [&](std::string_view field) {
        out.append("<").append(field).append(">Burst ").append(run).append(": event ");
        out.append(sequence).append(" of ");
        append_escaped(out, vm.name);
        out.append("</").append(field).append(">");
    };
    if (with_message)
        say("fullFormattedMessage");
    if (series.class_name != "EventEx") {
        out.append("<template>false</template>");
        if (series.class_name == "VmReconfiguredEvent")
            out.append("<configSpec></configSpec>");
        return;
    }
    out.append("<eventTypeId>").append(burst_type_id).append("</eventTypeId>");
    out.append("<severity>info</severity>");
    say("message");
    out.append("<arguments><key>run</key><value xsi:type=\"xsd:string\">").append(run);
    out.append("</value></arguments><arguments><key>sequence</key><value xsi:type=\"xsd:string\">");
    out.append(sequence).append("</value></arguments>");
    append_element(out, "objectId", vm.reference.value);
    out.append("<objectType>VirtualMachine</objectType>");
    append_element(out, "objectName", vm.name);
}

std::size_t EventStore::bytes() const {
    std::size_t total = records_.size() * sizeof(Record);
    for (auto const& block : blocks_)
        total += block.capacity();
    return total;
}

}  // namespace millrace::simulator
