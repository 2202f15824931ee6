// SPDX-License-Identifier: Apache-2.0
#include "broker/api/api_json.hpp"

#include <algorithm>
#include <utility>

#include "broker/record/verdict.hpp"
#include "common/base/encoding.hpp"
#include "common/base/http_message.hpp"
#include "common/event/json_binding.hpp"

namespace millrace::broker {
namespace {

/// Without its query, which may hold a key (attack 18): the object itself tells it to who may read
/// it.
std::string shown_address(Result<std::string> const& url) {
    std::string const text = url.value_or("");
    auto const query = text.find('?');
    return query == std::string::npos ? text : text.substr(0, query) + "?...";
}

using TriggerMap = TriggerDeliveries::ByTrigger;

Json time_json(SystemTime time) {
    return time == SystemTime() ? Json() : Json(format_rfc3339(time));
}

Json attempts_json(std::vector<Attempt> const& attempts) {
    Json list = Json::array();
    for (Attempt const& attempt : attempts)
        list.push_back(
            {{"at", format_rfc3339(attempt.at)},
             {"status", attempt.status == 0 ? Json() : Json(attempt.status)},
             {"error", to_valid_utf8(attempt.error)},
             {"durationMs", attempt.took.count()}});
    return list;
}

Json clause_json(Verdict const& verdict, std::string const& actual) {
    if (verdict.matched || verdict.clause.empty())
        return {};
    return {
        {"dialect", dialect_of(verdict.clause)},
        {"attribute", verdict.attribute},
        {"expected", verdict.expected},
        {"actual", actual.empty() ? Json() : Json(actual)},
        {"path", verdict.clause}};
}

constexpr char const* removed_reason = "The trigger was removed before the event was delivered.";

/// Where a trigger's events go, where that is a function; null where it is none.
Json function_json(TriggerDelivery const* delivery) {
    std::string_view const function = delivery == nullptr ? "" : delivery->route().function();
    return function.empty() ? Json() : Json(function);
}

/// API schema Waiting.
Json waiting_json(TriggerDelivery const& delivery, std::int64_t seq) {
    DeliveryCursor::Wait const wait = delivery.wait_of(seq);
    Json json = Json::object();
    json["reason"] = !wait.is_held     ? "backlog"
                     : wait.behind_seq ? "order"
                     : wait.due        ? "retry"
                                       : "active";
    json["behind"] = wait.behind_seq ? Json(std::to_string(*wait.behind_seq)) : Json();
    json["nextAttemptAt"] =
        wait.due
            ? Json(format_rfc3339(
                  system_now() + std::chrono::duration_cast<nanoseconds>(*wait.due - steady_now())))
            : Json();
    json["attemptsMax"] = delivery.route().retry.retries + 1;
    return json;
}

Json counts_json(DeliveryCounts const& counts) {
    return {
        {"matched", counts.matched},
        {"delivered", counts.delivered},
        {"failed", counts.failed},
        {"pending", counts.pending}};
}

Json verdict_json(
    Verdict const& verdict, HistoryRecord const& record, TriggerDelivery const* delivery,
    TriggersInForce const& in_force) {
    std::string const actual(
        verdict.attribute.empty() ? "" : record.event->event.attribute(verdict.attribute));
    Json json = {{"trigger", verdict.trigger}, {"matched", verdict.matched}};
    json["function"] = function_json(delivery);
    json["waiting"] = Json();
    json["reason"] = describe(verdict, actual);
    json["clause"] = clause_json(verdict, actual);
    json["state"] = Json();
    json["attempts"] = Json::array();
    if (delivery != nullptr)
        json["subscriber"] = shown_address(delivery->route().subscriber_url);
    if (!verdict.matched)
        return json;
    DeliveryState const state = record.state_of(verdict.trigger, verdict.version, &in_force);
    json["state"] = to_string(state);
    bool const is_given_up =
        state == DeliveryState::failed &&
        !is_settled(record.state_of(verdict.trigger, verdict.version, nullptr));
    if (is_given_up)
        json["reason"] = removed_reason;
    if (!is_settled(state) && delivery != nullptr)
        json["waiting"] = waiting_json(*delivery, record.event->seq);
    if (auto const found = record.deliveries.find(verdict.version);
        found != record.deliveries.end())
        json["attempts"] = attempts_json(found->second.attempts);
    return json;
}

}  // namespace

Json row_json(StoredEvent const& event, DeliveryCounts const& deliveries) {
    Json extensions = Json::object();
    for (auto const& [name, value] : event.event.extensions)
        extensions[name] = value;
    return {
        {"seq", std::to_string(event.seq)},
        {"id", event.event.id},
        {"type", event.event.type},
        {"source", event.event.source},
        {"subject", event.event.subject},
        {"time", event.event.time.empty() ? Json() : Json(event.event.time)},
        {"receivedAt", format_rfc3339(event.received_at)},
        {"extensions", std::move(extensions)},
        {"summary", event.summary},
        {"deliveries", counts_json(deliveries)}};
}

Json page_json(HistoryPage const& page) {
    Json items = Json::array();
    for (HistoryRow const& row : page.rows)
        items.push_back(row_json(*row.event, row.deliveries));
    return {
        {"items", std::move(items)},
        {"next", page.next ? Json(std::to_string(*page.next)) : Json()},
        {"complete", page.complete}};
}

std::string record_text(HistoryRecord const& record, Dispatchers const& dispatchers) {
    auto const in_force = dispatchers.in_force();
    TriggerMap const& triggers = dispatchers.all();
    Json verdicts = Json::array();
    for (Verdict const& verdict : verdicts_of(*record.event)) {
        auto const found = triggers.find(verdict.trigger);
        TriggerDelivery const* delivery = found == triggers.end() ? nullptr : found->second.get();
        verdicts.push_back(verdict_json(verdict, record, delivery, *in_force));
    }
    CloudEvent shown = record.event->event;
    bool const is_cut = shown.data.size() > shown_data_max;
    if (is_cut) {
        shown.data.clear();
        shown.has_data = false;
    }
    return "{\"row\":" + dump_json(row_json(*record.event, record.counts(in_force.get()))) +
           ",\"dataTruncated\":" + (is_cut ? "true" : "false") +
           ",\"verdicts\":" + dump_json(verdicts) + ",\"event\":" + json_text(std::move(shown)) +
           "}";
}

Json delivery_json(std::int64_t seq, DeliveryCounts const& counts) {
    return {{"seq", std::to_string(seq)}, {"deliveries", counts_json(counts)}};
}

Json trigger_json(TriggerDelivery const& delivery, std::uint64_t received) {
    TriggerTotals const& totals = delivery.totals();
    TriggerRoute const& route = delivery.route();
    std::string reason = route.fault;
    if (reason.empty() && !route.subscriber_url)
        reason = route.subscriber_url.error().detail;
    if (reason.empty() && route.dead_letter_url && !*route.dead_letter_url)
        reason = route.dead_letter_url->error().detail;
    Json error;
    if (totals.last_error_at != SystemTime())
        error = {
            {"at", format_rfc3339(totals.last_error_at)},
            {"status", totals.last_error_status == 0 ? Json() : Json(totals.last_error_status)},
            {"error", to_valid_utf8(totals.last_error)}};
    return {
        {"trigger", route.trigger},
        {"broker", route.broker},
        {"subscriber",
         {{"kind", route.subscriber_kind},
          {"name", route.subscriber_name},
          {"url", shown_address(route.subscriber_url)}}},
        {"ready", reason.empty() && route.broker_ready},
        {"reason", reason},
        {"received", received},
        {"matched", totals.matched},
        {"delivered", totals.delivered},
        {"failed", totals.failed},
        {"pending", delivery.pending()},
        {"lastError", std::move(error)},
        {"lastDeliveredAt", time_json(totals.last_delivered_at)}};
}

Json rates_json(std::vector<RatePoint> const& points) {
    Json list = Json::array();
    for (RatePoint const& point : points)
        list.push_back(
            {{"at", format_rfc3339(SystemTime(std::chrono::minutes(point.minute)))},
             {"received", point.received},
             {"delivered", point.delivered},
             {"failed", point.failed}});
    return {{"stepSeconds", 60}, {"points", std::move(list)}};
}

Json types_json(std::map<std::string, TypeTotals, std::less<>> const& types) {
    std::vector<std::pair<std::string, TypeTotals>> sorted(types.begin(), types.end());
    std::ranges::sort(sorted, [](auto const& a, auto const& b) {
        return a.second.count != b.second.count ? a.second.count > b.second.count
                                                : a.first < b.first;
    });
    Json list = Json::array();
    for (auto const& [type, totals] : sorted)
        list.push_back(
            {{"type", type}, {"count", totals.count}, {"lastSeen", time_json(totals.last_seen)}});
    return {{"items", std::move(list)}};
}

}  // namespace millrace::broker
