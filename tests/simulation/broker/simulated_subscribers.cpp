// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/broker/simulated_subscribers.hpp"

#include <charconv>

#include "tests/support/catch.hpp"

namespace millrace::test {
namespace {

constexpr std::string_view scheme = "http://";

HttpResponse answer_with(int status, std::string retry_after = {}) {
    HttpResponse answer;
    answer.status = status;
    if (!retry_after.empty())
        answer.headers.add("Retry-After", std::move(retry_after));
    return answer;
}

}  // namespace

std::string event_id(std::size_t number) {
    return std::to_string(number);
}

std::size_t event_number(std::string_view id) {
    std::size_t number = 0;
    auto const [end, code] = std::from_chars(id.data(), id.data() + id.size(), number);
    if (code != std::errc() || end != id.data() + id.size())
        FAIL("no event of the simulation: " << id);
    return number;
}

bool SimulatedSubscribers::happens(unsigned per_mille) {
    bool const does = random_() % 1000 < per_mille;
    injected += does ? 1 : 0;
    return does;
}

SimulatedSubscribers::Reply SimulatedSubscribers::take(
    std::string const& address, HttpRequest const& request, nanoseconds timeout) {
    std::string const rest = address.substr(scheme.size());
    std::string const uid = rest.substr(0, rest.find('/'));
    std::size_t const number = event_number(request.headers.get("ce-id"));
    Reply reply{.after = happens(faults_.slow) ? milliseconds(random_() % 5'000) : milliseconds(1)};
    if (dead.contains(uid) || happens(faults_.broken)) {
        oracle_.attempted(uid, number);
        return reply;
    }
    if (refused_events.contains(number)) {
        oracle_.refused(uid, number);
        reply.answer = answer_with(400);
    } else if (happens(faults_.busy)) {
        reply.answer = answer_with(429, "1");
    } else if (happens(faults_.failing)) {
        oracle_.attempted(uid, number);
        reply.answer = answer_with(503, random_() % 2 == 0 ? "1" : "");
    } else if (happens(faults_.taken_silently)) {
        oracle_.received(uid, number, Oracle::Told::no);
        oracle_.attempted(uid, number);
        reply.after = timeout;
    } else {
        oracle_.received(uid, number, Oracle::Told::yes);
        reply.answer = answer_with(202);
    }
    return reply;
}

void SimulatedSubscribers::stop_faults() {
    faults_ = {};
    dead.clear();
}

}  // namespace millrace::test
