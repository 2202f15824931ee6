// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "broker/control/catalog.hpp"
#include "broker/control/retry_policy.hpp"
#include "broker/delivery/delivery_cursor.hpp"
#include "broker/record/stored_event.hpp"
#include "common/base/http_message.hpp"

namespace millrace::broker {

/// The request that brings `event` to where `route` leads: CloudEvents binary or structured mode,
/// "Prefer: reply", "Kn-Namespace" of the Trigger, W3C trace context as received. Pure.
HttpRequest subscriber_request(
    StoredEvent const& stored, CloudEvent const& event, TriggerRoute const& route);

/// What a subscriber's answer means.
struct AnswerMeaning {
    AttemptResult result;
    std::optional<CloudEvent> reply;  ///< an event for the same broker
    std::string error_data;           ///< beginning of the body of a refusal, at most 1,024 bytes
};

/// 2xx is success. 200 may carry one event in binary or structured mode; another non-empty body
/// with 200 is an error that is retried (knative/eventing pkg/broker/filter/filter_handler.go
/// answers 502 for it). Bodies of 202 and other 2xx are ignored. Redirects are never followed and
/// are final errors. 429, and 503 with the problem "busy" of our runner, mean that it was not
/// tried. Pure.
AnswerMeaning read_answer(HttpResponse const& answer);

/// The same for an exchange that gave no answer.
AnswerMeaning no_answer(Error const& error);

/// The same for an address that no request can be sent to, however often it is tried.
AnswerMeaning unusable_address(Error const& error);

/// `event` with the extensions knativeerrordest, knativeerrorcode and knativeerrordata (base64, at
/// most 1,024 bytes), knative/specs eventing data-plane.md. Pure.
CloudEvent dead_letter_event(CloudEvent event, DeadLetterReason const& reason);

}  // namespace millrace::broker
