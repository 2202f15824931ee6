// SPDX-License-Identifier: Apache-2.0
#include "broker/delivery/subscriber_message.hpp"

#include <algorithm>

#include "common/base/encoding.hpp"
#include "common/event/json_binding.hpp"

namespace millrace::broker {
namespace {

constexpr std::size_t error_data_max = 1024;
constexpr std::size_t error_shown_max = 200;

/// One line of a body for people: printable, at most 200 bytes.
std::string excerpt(std::string_view body) {
    std::string text = to_valid_utf8(body.substr(0, error_shown_max));
    std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    while (!text.empty() && text.back() == ' ')
        text.pop_back();
    return text;
}

std::string refusal_text(HttpResponse const& answer) {
    std::string text = "The subscriber answered " + std::to_string(answer.status);
    std::string const shown = excerpt(answer.body);
    return shown.empty() ? text + "." : text + ": " + shown;
}

void read_reply(HttpResponse const& answer, AnswerMeaning& meaning) {
    ContentMode const mode = content_mode(answer.headers);
    if (mode == ContentMode::none && answer.body.empty())
        return;
    if (mode == ContentMode::none || mode == ContentMode::batch) {
        meaning.result.error = "The subscriber answered 200 with a body that is no CloudEvent: " +
                               excerpt(answer.body);
        return;
    }
    auto events = read_events(answer.headers, answer.body, 1);
    if (events && events->size() == 1)
        meaning.reply = std::move(events->front());
    else
        meaning.result.error = "The subscriber's reply is no valid CloudEvent: " +
                               (events ? "it is empty." : events.error().detail);
}

}  // namespace

HttpRequest subscriber_request(
    StoredEvent const& stored, CloudEvent const& event, TriggerRoute const& route) {
    HttpRequest request;
    request.method = "POST";
    if (route.format == ContentMode::structured) {
        request.headers.add("Content-Type", std::string(structured_type));
        request.body = json_text(event);
    } else {
        request.headers = binary_headers(event);
        request.body = event.data;
    }
    request.headers.add("Prefer", "reply");
    request.headers.add("Kn-Namespace", route.trigger.substr(0, route.trigger.find('/')));
    if (!stored.traceparent.empty())
        request.headers.add("traceparent", stored.traceparent);
    if (!stored.tracestate.empty())
        request.headers.add("tracestate", stored.tracestate);
    return request;
}

namespace {

/// 429 says it by itself; a 503 of our runner by the type of its problem, since it answers 503 also
/// where a handler failed and asked to be called again, which is an attempt.
bool says_busy(HttpResponse const& answer) {
    return answer.status == 429 ||
           (answer.status == 503 && answer.body.contains("urn:millrace:problem:busy"));
}

}  // namespace

AnswerMeaning read_answer(HttpResponse const& answer) {
    AnswerMeaning meaning;
    meaning.result.status = answer.status;
    meaning.result.is_busy = says_busy(answer);
    meaning.result.retry_after = std::string(answer.headers.get("Retry-After"));
    bool const is_success = answer.status >= 200 && answer.status <= 299;
    if (!is_success)
        meaning.result.error = refusal_text(answer);
    else if (answer.status == 200)
        read_reply(answer, meaning);
    if (!meaning.result.error.empty())
        meaning.error_data = answer.body.substr(0, error_data_max);
    return meaning;
}

AnswerMeaning no_answer(Error const& error) {
    AnswerMeaning meaning;
    meaning.result.error = error.detail.empty() ? "No answer." : error.detail;
    return meaning;
}

AnswerMeaning unusable_address(Error const& error) {
    AnswerMeaning meaning;
    meaning.result.error = "Nothing can be sent to this address: " + error.detail;
    meaning.result.is_final = true;
    return meaning;
}

CloudEvent dead_letter_event(CloudEvent event, DeadLetterReason const& reason) {
    int const status = reason.status == 0 ? 500 : reason.status;
    std::string const data = reason.data.empty() ? reason.error : reason.data;
    // 1,024 bytes of base64 hold 768 bytes.
    std::string const encoded = base64_encode(std::string_view(data).substr(0, 768));
    event.set_attribute("knativeerrordest", reason.destination);
    event.set_attribute("knativeerrorcode", std::to_string(status));
    event.set_attribute("knativeerrordata", encoded);
    return event;
}

}  // namespace millrace::broker
