// SPDX-License-Identifier: Apache-2.0
#include "runner/worker_protocol.hpp"

#include <algorithm>

#include "common/base/encoding.hpp"
#include "common/event/json_binding.hpp"

namespace millrace::runner {
namespace {

constexpr double retry_after_most_s = 3600;

Result<CloudEvent> read_reply(Json reply, std::string const& default_source) {
    if (!reply.is_object())
        return failure(ErrorCode::invalid, "The reply must be an object.");
    auto const fill = [&reply](char const* name, std::string const& value) {
        if (string_at(reply, name).empty())
            reply[name] = value;
    };
    fill("specversion", "1.0");
    fill("id", random_uuid());
    fill("source", default_source);
    fill("time", format_rfc3339(system_now()));
    if (reply.contains("data") && !reply.contains("datacontenttype"))
        reply["datacontenttype"] = "application/json";
    return event_from_json(dump_json(reply));
}

}  // namespace

std::string encode_request(std::uint64_t id, CloudEvent const& event) {
    return "{\"id\":" + std::to_string(id) + ",\"event\":" + dump_json(to_json(event)) + "}\n";
}

Result<WorkerFrame> decode_frame(std::string_view line, std::string const& default_source) {
    auto const value = parse_json(line);
    if (!value)
        return std::unexpected(value.error());
    WorkerFrame frame;
    frame.error = string_at(*value, "error");
    if (Json const* ready = find_json(*value, "ready")) {
        frame.kind = *ready == true ? WorkerFrame::Kind::ready : WorkerFrame::Kind::not_ready;
        return frame;
    }
    auto const id = integer_at(*value, "id");
    std::string const status = string_at(*value, "status");
    if (!id || *id < 0 || (status != "ok" && status != "error" && status != "retry"))
        return failure(ErrorCode::invalid, "The worker sent a line that is no answer.");
    frame.id = static_cast<std::uint64_t>(*id);
    frame.kind = status == "ok"      ? WorkerFrame::Kind::ok
                 : status == "error" ? WorkerFrame::Kind::error
                                     : WorkerFrame::Kind::retry;
    double const after = number_at(*value, "afterSeconds").value_or(0);
    frame.retry_after =
        seconds(static_cast<std::int64_t>(std::clamp(after, 0.0, retry_after_most_s)));
    if (Json const* reply = find_json(*value, "reply"); reply != nullptr && !reply->is_null()) {
        auto event = read_reply(*reply, default_source);
        if (!event) {
            frame.kind = WorkerFrame::Kind::error;
            frame.error = "The reply is no CloudEvent: " + event.error().detail;
            return frame;
        }
        frame.has_reply = true;
        frame.reply = std::move(*event);
    }
    return frame;
}

}  // namespace millrace::runner
