// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "broker/delivery/dispatchers.hpp"
#include "broker/history/history.hpp"
#include "common/base/json.hpp"

namespace millrace::broker {

/// The API's JSON (services/broker/README.md). Pure.
Json row_json(StoredEvent const& event, DeliveryCounts const& deliveries);
Json page_json(HistoryPage const& page);
/// One event with every trigger's verdict; `triggers` says where each delivers to now.
Json record_json(
    HistoryRecord const& record,
    std::map<std::string, std::unique_ptr<Dispatcher>> const& triggers);
/// `received`: events it was asked about.
Json trigger_json(Dispatcher const& dispatcher, std::uint64_t received);
Json rates_json(std::vector<RatePoint> const& points);
Json types_json(std::map<std::string, TypeTotals, std::less<>> const& types);

/// Data beyond this is left out of an event's page.
inline constexpr std::size_t shown_data_max = 64 << 10;

}  // namespace millrace::broker
