// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/router/simulated_sink.hpp"

#include <algorithm>
#include <charconv>

#include "common/event/http_binding.hpp"

namespace millrace::test {
namespace {

constexpr std::string_view mark = "#key=";
constexpr nanoseconds attempt_timeout = 10s;

}  // namespace

std::vector<std::int32_t> keys_of(std::string_view request) {
    std::vector<std::int32_t> keys;
    for (auto at = request.find(mark); at != std::string_view::npos;
         at = request.find(mark, at + mark.size())) {
        std::int32_t key = 0;
        std::from_chars(request.data() + at + mark.size(), request.data() + request.size(), key);
        keys.push_back(key);
    }
    return keys;
}

router::OutboundEvent message_of(
    std::int32_t key, SystemTime created, std::uint64_t entity, router::EventEncoding encoding) {
    router::OutboundEvent event;
    event.key = key;
    event.created = created;
    event.entity = entity;
    event.encoding = encoding;
    event.message = std::string(mark) + std::to_string(key) + " ";
    return event;
}

bool SimulatedSink::happens(unsigned per_mille) {
    bool const does = random_() % 1000 < per_mille;
    injected += does ? 1 : 0;
    return does;
}

nanoseconds SimulatedSink::latency() {
    return happens(faults_.slow) ? milliseconds(random_() % 5'000) : milliseconds(1);
}

SimulatedSink::Reply SimulatedSink::take(std::string_view request) {
    auto const keys = keys_of(request);
    Reply reply;
    reply.after = latency();
    if (down || happens(faults_.refused)) {
        reply.after = down ? 1ms : nanoseconds(milliseconds(random_() % 100));
        return reply;
    }
    router::SinkAnswer answer;
    if (faults_.announces_batches)
        answer.accept_post = batch_type;
    auto const has = [&keys](std::set<std::int32_t> const& some) {
        return std::ranges::any_of(keys, [&](std::int32_t key) { return some.contains(key); });
    };
    if (happens(faults_.busy)) {
        answer.status = 503;
        answer.retry_after = random_() % 2 == 0 ? "1" : "";
    } else if (keys.size() > 1 && faults_.refuses_batches) {
        answer.status = 415;
    } else if (has(failing_keys)) {
        answer.status = 500;
    } else if (has(refused_keys)) {
        answer.status = 400;
    } else {
        answer.status = 202;
        reply.was_taken = true;
        receipts.insert(receipts.end(), keys.begin(), keys.end());
        if (happens(faults_.accepted_silently)) {
            taken_silently += keys.size();
            silent_keys.insert(keys.begin(), keys.end());
            reply.after = attempt_timeout;
            return reply;
        }
    }
    reply.answer = std::move(answer);
    return reply;
}

void SimulatedSink::stop_faults() {
    faults_ = {
        .announces_batches = faults_.announces_batches, .refuses_batches = faults_.refuses_batches};
    down = false;
}

}  // namespace millrace::test
