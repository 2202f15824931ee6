// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/history/standing.hpp"
#include "broker/record/delivery_record.hpp"
#include "broker/record/stored_event.hpp"
#include "common/base/http_message.hpp"

namespace millrace::broker {

/// How one event's deliveries stand, in numbers.
struct DeliveryCounts {
    std::size_t matched = 0;
    std::size_t delivered = 0;
    std::size_t failed = 0;  ///< dead-lettered ones included
    std::size_t pending = 0;

    /// One delivery more, which stands so.
    void add(DeliveryState state);
};

/// What became of an event; of several triggers one is enough, but for `unmatched`.
enum class EventOutcome { any, delivered, failed, pending, unmatched };

/// A search of the history: all conditions must hold; the answer is newest first.
struct SearchQuery {
    std::string type;                ///< exact; empty: any
    std::string subject;             ///< exact; empty: any
    std::string source;              ///< exact; empty: any
    std::vector<std::string> words;  ///< all occur; of 3 bytes or more also as the begin of a word
    /// Words that occur one behind the other, the last one also as the begin of a word.
    std::vector<std::vector<std::string>> phrases;
    /// Extension attributes that have exactly this value: vmname, hostname, username...
    std::vector<std::pair<std::string, std::string>> extensions;
    EventOutcome outcome = EventOutcome::any;
    /// Only what these triggers say of the event counts for `outcome`, and one of them must have
    /// matched unless `unmatched` is asked for; nothing: every trigger counts.
    std::optional<std::set<std::string>> triggers;
    TriggersInForceRef in_force;     ///< for how deliveries stand; none: nothing is known of them
    std::optional<SystemTime> from;  ///< received at or after
    std::optional<SystemTime> to;    ///< received before
    std::int64_t before_seq = std::numeric_limits<std::int64_t>::max();  ///< from the cursor
    std::size_t limit = 50;

    bool asks_for_outcome() const { return outcome != EventOutcome::any || triggers.has_value(); }
};

/// Reads the query parameters of GET /api/v1/events. In `q` what is joined by other characters
/// ("web-02") or quoted ("powered on") is a phrase. Faults: bad times, limit not in 1..200, a
/// cursor that is not ours, more than 20 words, an unknown outcome.
Checked<SearchQuery> parse_search(HttpRequest const& request);

/// The full-text expression (FTS5) for the conditions; empty where there are none.
std::string match_expression(SearchQuery const& query);

/// Whether the exact conditions hold: what the index promises only by a hash.
bool attributes_match(SearchQuery const& query, CloudEvent const& event);
/// Whether all words occur in the event: for rows that are not in the index yet.
bool words_match(SearchQuery const& query, CloudEvent const& event);
/// Whether all phrases do, which the index knows nothing of.
bool phrases_match(SearchQuery const& query, CloudEvent const& event);

/// What goes into the index for `event`.
std::string index_text(CloudEvent const& event);

}  // namespace millrace::broker
