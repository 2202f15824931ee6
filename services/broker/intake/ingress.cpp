// SPDX-License-Identifier: Apache-2.0
#include "broker/intake/ingress.hpp"

#include "common/event/http_binding.hpp"
#include "common/kube/resource.hpp"

namespace millrace::broker {
namespace {

/// Tells senders that they may put many events into one request (Linked Data Platform 1.0, 7.1).
void announce_batches(HttpAnswer& answer) {
    answer.headers.set("Accept-Post", std::string(batch_type));
}

HttpAnswer options_answer(HttpRequest const& request) {
    HttpAnswer answer = text_answer(200, "");
    answer.headers.set("Allow", "POST, OPTIONS");
    announce_batches(answer);
    if (std::string_view const origin = request.headers.get("WebHook-Request-Origin");
        !origin.empty()) {
        answer.headers.set("WebHook-Allowed-Origin", std::string(origin));
        answer.headers.set("WebHook-Allowed-Rate", "*");
    }
    return answer;
}

}  // namespace

std::string broker_of_path(std::string_view path) {
    if (path.ends_with('/'))
        path.remove_suffix(1);
    if (!path.starts_with('/'))
        return {};
    path.remove_prefix(1);
    std::size_t const slash = path.find('/');
    if (slash == std::string_view::npos)
        return {};
    bool const valid =
        is_resource_name(path.substr(0, slash)) && is_resource_name(path.substr(slash + 1));
    return valid ? std::string(path) : std::string{};
}

Ingress::Ingress(Acceptor& acceptor, Telemetry& telemetry)
    : acceptor_(acceptor),
      accepted_(
          telemetry.counter("millrace_broker_accepted_total", "Events stored and answered 202.")),
      rejected_(telemetry.counter(
          "millrace_broker_rejected_total", "Requests refused because of what they are.")),
      unavailable_(telemetry.counter(
          "millrace_broker_unavailable_total", "Requests answered 503: nothing could be stored.")) {
}

HttpAnswer Ingress::refuse(Error const& error) {
    bool const is_temporary =
        error.code == ErrorCode::unavailable || error.code == ErrorCode::storage;
    (is_temporary ? unavailable_ : rejected_).increment();
    if (!is_temporary)
        return problem_answer(error);
    HttpAnswer answer = problem_answer(503, to_string(error.code), error.detail);
    answer.headers.set("Retry-After", "1");
    return answer;
}

Task<HttpAnswer> Ingress::handle(HttpRequest& request) {
    std::string broker = broker_of_path(request.path);
    if (broker.empty())
        co_return refuse(
            Error(ErrorCode::not_found, "Events are posted to /<namespace>/<broker>."));
    if (request.method == "OPTIONS")
        co_return options_answer(request);
    if (request.method != "POST") {
        HttpAnswer answer = problem_answer(405, "methodNotAllowed", "Events come by POST.");
        answer.headers.set("Allow", "POST, OPTIONS");
        rejected_.increment();
        co_return answer;
    }
    if (auto const known = acceptor_.check_broker(broker); !known)
        co_return refuse(known.error());
    auto events = read_events(request.headers, request.body, batch_events_max);
    if (!events)
        co_return refuse(events.error());
    std::size_t const count = events->size();
    Acceptor::Incoming incoming{
        .broker = std::move(broker),
        .events = std::move(*events),
        .traceparent = std::string(request.headers.get("traceparent")),
        .tracestate = std::string(request.headers.get("tracestate"))};
    auto const stored = co_await acceptor_.accept(std::move(incoming));
    if (!stored)
        co_return refuse(stored.error());
    accepted_.increment(count);
    HttpAnswer answer;
    answer.status = 202;
    announce_batches(answer);
    co_return answer;
}

}  // namespace millrace::broker
