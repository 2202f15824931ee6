// SPDX-License-Identifier: Apache-2.0
#include "runner/worker/worker_protocol.hpp"

#include <algorithm>
#include <array>

#include "common/base/encoding.hpp"
#include "common/base/json_cursor.hpp"
#include "common/event/json_binding.hpp"

namespace millrace::runner {
namespace {

constexpr double retry_after_most_s = 3600;

bool is_json(std::string_view text) {
    JsonCursor at(text, JsonCursor::Halves::passed);
    at.value();
    return at.finish().has_value();
}

/// The members of `object` as they stand, without its braces; nothing if it is no object.
std::optional<std::string_view> members_of(std::string_view object) {
    auto const begin = object.find_first_not_of(" \t\r\n");
    auto const end = object.find_last_not_of(" \t\r\n");
    if (begin == std::string_view::npos || object[begin] != '{')
        return std::nullopt;
    return object.substr(begin + 1, end - begin - 1);
}

Result<CloudEvent> read_reply(std::string_view reply, std::string const& default_source) {
    auto const members = members_of(reply);
    if (!members)
        return failure(ErrorCode::invalid, "The reply must be an object.");
    std::array<std::pair<std::string_view, std::string>, 4> const defaults = {
        {{"specversion", "1.0"},
         {"id", random_uuid()},
         {"source", default_source},
         {"time", format_rfc3339(system_now())}}};
    Json added = Json::object();
    for (auto const& [name, value] : defaults)
        added[std::string(name)] = value;
    // What the handler gave stays, its data byte by byte; what it left out or empty is added.
    std::string kept;
    JsonCursor at(reply, JsonCursor::Halves::passed);
    at.enter_object();
    bool has_members = false;
    for (std::string_view name; at.next_member(name);) {
        std::string const key(name);
        std::string_view const value = at.value();
        if (added.contains(key) && (value == "null" || value == "\"\""))
            continue;
        added.erase(key);
        kept += (has_members ? "," : "") + dump_json(key) + ":" + std::string(value);
        has_members = true;
    }
    std::string const text = dump_json(added);
    bool const both = has_members && !added.empty();
    return event_from_json(text.substr(0, text.size() - 1) + (both ? "," : "") + kept + "}");
}

void blank_line_ends(std::string& text, std::size_t from) {
    std::replace_if(
        text.begin() + static_cast<std::ptrdiff_t>(from), text.end(),
        [](char c) { return c == '\n' || c == '\r'; }, ' ');
}

Result<WorkerFrame> read_answer(Json const& value) {
    WorkerFrame frame;
    frame.error = string_at(value, "error");
    if (Json const* ready = find_json(value, "ready")) {
        frame.kind = *ready == true ? WorkerFrame::Kind::ready : WorkerFrame::Kind::not_ready;
        frame.stops = bool_at(value, "stops", false);
        frame.lanes = static_cast<std::size_t>(
            std::max<std::int64_t>(1, integer_at(value, "lanes").value_or(1)));
        return frame;
    }
    if (auto const said_in = integer_at(value, "log"); said_in && *said_in >= 0) {
        frame.kind = WorkerFrame::Kind::log;
        frame.id = static_cast<std::uint64_t>(*said_in);
        frame.is_error_output = string_at(value, "stream") == "stderr";
        frame.text = string_at(value, "text");
        return frame;
    }
    auto const id = integer_at(value, "id");
    std::string const status = string_at(value, "status");
    bool const is_known =
        status == "ok" || status == "error" || status == "retry" || status == "stopped";
    if (!id || *id < 0 || !is_known)
        return failure(ErrorCode::invalid, "The worker sent a line that is no answer.");
    frame.id = static_cast<std::uint64_t>(*id);
    frame.kind = status == "ok"        ? WorkerFrame::Kind::ok
                 : status == "error"   ? WorkerFrame::Kind::error
                 : status == "stopped" ? WorkerFrame::Kind::stopped
                                       : WorkerFrame::Kind::retry;
    double const after = number_at(value, "afterSeconds").value_or(0);
    frame.retry_after =
        seconds(static_cast<std::int64_t>(std::clamp(after, 0.0, retry_after_most_s)));
    return frame;
}

}  // namespace

std::string encode_request(
    std::uint64_t id, CloudEvent const& event, std::optional<nanoseconds> limit) {
    CloudEvent attributes = event;
    std::string data = std::exchange(attributes.data, {});
    attributes.has_data = false;
    std::string head = dump_json(to_json(attributes));
    head.pop_back();
    std::string limit_member;
    if (limit)
        limit_member =
            ",\"limitMs\":" + std::to_string(std::chrono::ceil<milliseconds>(*limit).count());
    auto const frame = [&](std::string_view kind) {
        return "{\"id\":" + std::to_string(id) + ",\"kind\":\"" + std::string(kind) + "\"" +
               limit_member + ",\"event\":" + head;
    };
    if (!event.has_data)
        return frame("none") + "}}\n";
    bool const says_json = event.datacontenttype.empty() || is_json_type(event.datacontenttype);
    if (says_json && is_json(data)) {
        std::string text = frame("json") + ",\"data\":";
        std::size_t const begin = text.size();
        // RFC 8259 section 8.1: a byte order mark may begin a text, but not stand inside one.
        text += data.starts_with("\xef\xbb\xbf") ? data.substr(3) : data;
        blank_line_ends(text, begin);
        return text + "}}\n";
    }
    if (to_valid_utf8(data) == data)
        return frame("text") + ",\"data\":" + dump_json(data) + "}}\n";
    return frame("base64") + ",\"data_base64\":\"" + base64_encode(data) + "\"}}\n";
}

Result<WorkerFrame> decode_frame(std::string_view line, std::string const& default_source) {
    // The reply is cut out as it stands; the rest of a frame is small.
    JsonCursor at(line, JsonCursor::Halves::passed);
    std::string_view reply;
    Json rest = Json::object();
    bool const is_object = at.enter_object();
    for (std::string_view name; is_object && at.next_member(name);) {
        std::string const key(name);
        std::string_view const value = at.value();
        if (key == "reply")
            reply = value;
        else if (auto parsed = parse_json(value))
            rest[key] = std::move(*parsed);
    }
    if (!is_object)
        return failure(ErrorCode::invalid, "The worker sent a line that is no answer.");
    if (auto const whole = at.finish(); !whole)
        return std::unexpected(whole.error());
    auto frame = read_answer(rest);
    if (!frame || reply.empty() || reply == "null")
        return frame;
    auto event = read_reply(reply, default_source);
    if (!event) {
        frame->kind = WorkerFrame::Kind::error;
        frame->error = "The reply is no CloudEvent: " + event.error().detail;
        return frame;
    }
    bool const implies_json = event->has_data && event->datacontenttype.empty();
    if (implies_json)
        event->datacontenttype = "application/json";
    frame->has_reply = true;
    frame->reply = std::move(*event);
    return frame;
}

}  // namespace millrace::runner
