// SPDX-License-Identifier: Apache-2.0
#include "simulator/vcenter_listener.hpp"

namespace millrace::simulator {
namespace {

/// A wait that names no limit ends after this, with an empty answer.
constexpr std::chrono::seconds wait_max = 600s;

HttpAnswer unavailable() {
    auto answer = text_answer(503, "503 Service Unavailable (Failed to connect to endpoint)\n");
    answer.headers.add("Retry-After", "5");
    return answer;
}

Task<void> send_torn(BodyWriter& writer, std::string part) {
    co_await writer.write(part);
    writer.abandon();
}

/// Sends the beginning of the reply and ends the connection: the client sees it break.
HttpAnswer torn(HttpResponse const& whole) {
    HttpAnswer answer;
    answer.status = whole.status;
    answer.headers = whole.headers;
    auto part = whole.body.substr(0, whole.body.size() / 2);
    answer.stream = [part = std::move(part)](BodyWriter& writer) {
        return send_torn(writer, part);
    };
    return answer;
}

}  // namespace

VcenterListener::VcenterListener(Simulation& world, AsyncSignal& changed)
    : world_(world),
      changed_(changed),
      soap_(world),
      vrops_(world) {}

Task<HttpAnswer> VcenterListener::handle(HttpRequest& request) {
    if (request.path.starts_with("/suite-api/")) {
        auto answer = vrops_.answer(request, system_now());
        changed_.notify();
        co_return answer;
    }
    if (request.path == "/sdk" || request.path == "/sdk/") {
        if (request.method == "POST")
            co_return co_await handle_soap(request);
        auto refusal = text_answer(405, "Only POST.\n");
        refusal.headers.add("Allow", "POST");
        co_return refusal;
    }
    if (request.path == "/sdk/vimServiceVersions.xml" && request.method == "GET") {
        auto answer = text_answer(200, SoapService::service_versions());
        answer.headers.set("Content-Type", "text/xml");
        co_return answer;
    }
    co_return text_answer(404, "Not found.\n");
}

Task<HttpAnswer> VcenterListener::handle_soap(HttpRequest& request) {
    auto& faults = world_.faults;
    if (faults.take(FaultKind::soap_unavailable, system_now()))
        co_return unavailable();
    if (auto const slow = faults.take(FaultKind::slow_replies, system_now())) {
        co_await sleep_for(slow->delay);
    }
    auto exchange = soap_.read(request);
    if (!exchange)
        co_return exchange.error();
    if (SoapService::is_wait(*exchange))
        co_return co_await wait_for_updates(std::move(*exchange));
    auto const before = world_.generation();
    auto response = soap_.call(*exchange, system_now());
    if (world_.generation() != before)
        changed_.notify();
    if (faults.take(FaultKind::connection_reset, system_now()))
        co_return torn(response);
    co_return response;
}

Task<HttpAnswer> VcenterListener::wait_for_updates(SoapService::Exchange exchange) {
    auto const limit = std::min(SoapService::wait_limit(exchange).value_or(wait_max), wait_max);
    auto const deadline = steady_now() + limit;
    auto const cancellations = soap_.cancellations(exchange, system_now());
    while (true) {
        auto answer = soap_.poll(exchange, cancellations, system_now());
        if (answer)
            co_return std::move(*answer);
        auto const left = deadline - steady_now();
        if (left <= 0s)
            co_return SoapService::nothing_new(exchange);
        auto const waited = co_await changed_.wait(left);
        if (!waited)
            co_return SoapService::nothing_new(exchange);
    }
}

}  // namespace millrace::simulator
