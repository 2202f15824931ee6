// SPDX-License-Identifier: Apache-2.0
#include "broker/record/delivery_record.hpp"

#include "broker/disk/byte_codec.hpp"

namespace millrace::broker {

std::string_view to_string(DeliveryState state) {
    switch (state) {
        case DeliveryState::pending:
        case DeliveryState::dead_lettering:
            return "pending";
        case DeliveryState::delivered:
            return "delivered";
        case DeliveryState::failed:
            return "failed";
        case DeliveryState::dead_lettered:
            return "deadLettered";
    }
    return "pending";
}

Result<DeliveryState> delivery_state_from(std::int64_t number) {
    if (number < 0 || number > static_cast<std::int64_t>(DeliveryState::dead_lettering))
        return failure(ErrorCode::damaged, "The state of a delivery is damaged.");
    return static_cast<DeliveryState>(number);
}

std::string encode_attempts(std::vector<Attempt> const& attempts) {
    std::string bytes;
    std::size_t const first =
        attempts.size() > attempts_kept_max ? attempts.size() - attempts_kept_max : 0;
    for (std::size_t i = first; i < attempts.size(); ++i) {
        Attempt const& attempt = attempts[i];
        append_varint(bytes, static_cast<std::uint64_t>(attempt.at.time_since_epoch().count()));
        append_varint(bytes, static_cast<std::uint64_t>(attempt.status));
        append_varint(bytes, static_cast<std::uint64_t>(attempt.took.count()));
        append_text(bytes, attempt.error);
    }
    return bytes;
}

Result<std::vector<Attempt>> decode_attempts(std::string_view bytes) {
    std::vector<Attempt> attempts;
    ByteReader reader(bytes);
    while (!reader.at_end()) {
        Attempt attempt;
        attempt.at = SystemTime(nanoseconds(static_cast<std::int64_t>(reader.varint())));
        attempt.status = static_cast<int>(reader.varint());
        attempt.took = milliseconds(static_cast<std::int64_t>(reader.varint()));
        attempt.error = std::string(reader.text());
        if (!reader.ok())
            return failure(ErrorCode::damaged, "The attempts of a delivery are damaged.");
        attempts.push_back(std::move(attempt));
    }
    return attempts;
}

}  // namespace millrace::broker
