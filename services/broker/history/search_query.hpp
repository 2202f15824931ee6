// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "broker/record/stored_event.hpp"
#include "common/base/http_message.hpp"

namespace millrace::broker {

/// A search of the history: all conditions must hold; the answer is newest first.
struct SearchQuery {
    std::string type;                ///< exact; empty: any
    std::string subject;             ///< exact; empty: any
    std::string source;              ///< exact; empty: any
    std::vector<std::string> words;  ///< all occur; of 3 bytes or more also as the begin of a word
    std::optional<SystemTime> from;  ///< received at or after
    std::optional<SystemTime> to;    ///< received before
    std::int64_t before_seq = std::numeric_limits<std::int64_t>::max();  ///< from the cursor
    std::size_t limit = 50;

    bool has_conditions() const {
        return !type.empty() || !subject.empty() || !source.empty() || !words.empty();
    }
};

/// Reads the query parameters of GET /api/v1/events. Faults: bad times, limit not in 1..200, a
/// cursor that is not ours, more than 20 words.
Checked<SearchQuery> parse_search(HttpRequest const& request);

/// The full-text expression (FTS5) for the conditions; empty where there are none.
std::string match_expression(SearchQuery const& query);

/// Whether the exact conditions hold: what the index promises only by a hash.
bool attributes_match(SearchQuery const& query, CloudEvent const& event);
/// Whether all words occur in the event: for rows that are not in the index yet.
bool words_match(SearchQuery const& query, CloudEvent const& event);

/// What goes into the index for `event`.
std::string index_text(CloudEvent const& event);

}  // namespace millrace::broker
