// SPDX-License-Identifier: Apache-2.0
#include "console/feed/stream_wish.hpp"

#include "console/api/whole_number.hpp"

namespace millrace::console {
namespace {

bool fits(std::string const& wanted, Json const& row, std::string_view member) {
    return wanted.empty() || string_at(row, member) == wanted;
}

}  // namespace

bool StreamWish::wants_event(Json const& row) const {
    return events && fits(type, row, "type") && fits(subject, row, "subject") &&
           fits(source, row, "source");
}

std::optional<StreamWish> read_stream_wish(HttpRequest const& request) {
    std::string const topics = "," + request.query_value("topics") + ",";
    auto const has = [&topics](std::string_view topic) {
        return topics.find("," + std::string(topic) + ",") != std::string::npos;
    };
    StreamWish wish{
        .events = has("events"),
        .functions = has("functions"),
        .sources = has("sources"),
        .overview = has("overview"),
        .datacentre = has("datacentre"),
        .seq = whole_number(request.query_value("seq")),
        .type = request.query_value("type"),
        .subject = request.query_value("subject"),
        .source = request.query_value("source"),
        .since = whole_number(request.headers.get("last-event-id"))};
    if (request.headers.get("last-event-id").empty())
        wish.since = whole_number(request.query_value("since"));
    bool const has_topic = wish.events || wish.functions || wish.sources || wish.overview ||
                           wish.datacentre || has("deliveries");
    bool const is_seq_missing = has("deliveries") && !wish.seq;
    if (!has_topic || is_seq_missing)
        return std::nullopt;
    if (!has("deliveries"))
        wish.seq.reset();
    return wish;
}

}  // namespace millrace::console
