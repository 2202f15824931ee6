// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker/delivery/dispatchers.hpp"
#include "broker/history/history.hpp"
#include "common/base/json.hpp"

namespace millrace::broker {

/// The API's JSON (services/broker/README.md). Pure.
Json row_json(StoredEvent const& event, DeliveryCounts const& deliveries);
Json page_json(HistoryPage const& page);
/// The console's schema EventDetail as JSON text: one event with every trigger's verdict;
/// `dispatchers` say where each delivers to now.
std::string record_text(HistoryRecord const& record, Dispatchers const& dispatchers);
/// How the deliveries of one event stand, for live streams.
Json delivery_json(std::int64_t seq, DeliveryCounts const& counts);
/// `received`: events it was asked about.
Json trigger_json(TriggerDelivery const& delivery, std::uint64_t received);
Json rates_json(std::vector<RatePoint> const& points);
Json types_json(std::map<std::string, TypeTotals, std::less<>> const& types);

/// Data beyond this is left out of an event's page.
inline constexpr std::size_t shown_data_max = 64 << 10;

}  // namespace millrace::broker
