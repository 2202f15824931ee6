// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "router/vcenter/soap.hpp"

namespace millrace::router {

/// An event whose XML no parser takes.
struct UnreadableEvent {
    std::optional<std::int32_t> key;  ///< as far as its text shows it
    SystemTime created;
    std::string reason;
};

/// An answer to ReadNextEvents: the events that can be read, and those that cannot.
struct EventPage {
    std::unique_ptr<soap::Document> soap;
    std::vector<UnreadableEvent> unreadable;
};

/// Reads a page. If its XML is broken (fault F36), each event is tried alone and only the broken
/// ones are left out, provided that the envelope around them is whole: a page that was cut is an
/// error, since what is missing would be lost. Errors: `invalid`. Pure.
Result<EventPage> parse_event_page(std::string text);

}  // namespace millrace::router
