// SPDX-License-Identifier: Apache-2.0
#include "broker/control/delivery_spec.hpp"

namespace millrace::broker {
namespace {

constexpr std::int64_t retries_max = 1000;

struct Bounds {
    milliseconds low;
    milliseconds high;
    std::string_view range;
};

milliseconds read_duration(
    JsonReader& reader, std::string const& path, milliseconds fallback, Bounds const& bounds) {
    std::string const text = reader.optional_string(path);
    if (text.empty())
        return fallback;
    auto const duration = parse_iso8601_duration(text);
    if (!duration) {
        reader.fault(path, duration.error().detail);
        return fallback;
    }
    if (*duration < bounds.low || *duration > bounds.high)
        reader.fault(path, "must be " + std::string(bounds.range) + ", not " + text + ".");
    return *duration;
}

BackoffPolicy read_policy(JsonReader& reader, BackoffPolicy fallback) {
    std::string const text = reader.optional_string("delivery/backoffPolicy");
    if (text.empty())
        return fallback;
    if (text == "exponential")
        return BackoffPolicy::exponential;
    if (text == "linear")
        return BackoffPolicy::linear;
    reader.fault("delivery/backoffPolicy", "must be linear or exponential, not " + text + ".");
    return fallback;
}

ContentMode read_format(JsonReader& reader, ContentMode fallback) {
    std::string const text = reader.optional_string("delivery/format");
    if (text.empty())
        return fallback;
    if (text == "json")
        return ContentMode::structured;
    if (text != "binary")
        reader.fault("delivery/format", "must be json or binary, not " + text + ".");
    return ContentMode::binary;
}

}  // namespace

Checked<DeliverySpec> parse_delivery(Json const& spec, DeliveryContext const& context) {
    JsonReader reader(spec, context.place + " /spec");
    DeliverySpec delivery = context.fallback;
    if (reader.optional_object("delivery") == nullptr) {
        if (!reader.faults().empty())
            return std::unexpected(reader.take_faults());
        return delivery;
    }
    RetryPolicy& retry = delivery.retry;
    retry.retries = static_cast<unsigned>(
        reader.optional_integer("delivery/retry", retry.retries, 0, retries_max));
    retry.backoff = read_policy(reader, retry.backoff);
    retry.delay = read_duration(
        reader, "delivery/backoffDelay", retry.delay, {0ms, 10min, "between PT0S and PT10M"});
    retry.timeout = read_duration(
        reader, "delivery/timeout", retry.timeout, {1ms, 10min, "between PT0.001S and PT10M"});
    retry.retry_after_max = read_duration(
        reader, "delivery/retryAfterMax", retry.retry_after_max,
        {0ms, 1h, "between PT0S and PT1H"});
    delivery.format = read_format(reader, delivery.format);
    Faults faults = reader.take_faults();
    if (Json const* sink = find_json(spec, "delivery/deadLetterSink"); sink && !sink->is_null()) {
        auto parsed = parse_destination(
            *sink, context.place + " /spec/delivery/deadLetterSink", context.name_space);
        if (parsed)
            delivery.dead_letter_sink = std::move(*parsed);
        else
            faults.insert(faults.end(), parsed.error().begin(), parsed.error().end());
    }
    if (!faults.empty())
        return std::unexpected(std::move(faults));
    return delivery;
}

}  // namespace millrace::broker
