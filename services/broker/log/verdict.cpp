// SPDX-License-Identifier: Apache-2.0
#include "broker/log/verdict.hpp"

#include "broker/disk/byte_codec.hpp"

namespace millrace::broker {

std::string encode_verdicts(std::vector<VerdictRef> const& verdicts) {
    std::string bytes;
    for (VerdictRef const& verdict : verdicts)
        append_varint(bytes, verdict->id);
    return bytes;
}

std::vector<std::uint32_t> decode_verdicts(std::string_view bytes) {
    std::vector<std::uint32_t> ids;
    ByteReader reader(bytes);
    while (!reader.at_end())
        ids.push_back(static_cast<std::uint32_t>(reader.varint()));
    if (!reader.ok())
        ids.clear();
    return ids;
}

namespace {

/// What the clause wanted, in words: of exact, prefix and suffix only the value is stored.
std::string wanted(Verdict const& verdict) {
    std::string const dialect = dialect_of(verdict.clause);
    std::string const quoted = "\"" + verdict.expected + "\"";
    if (dialect == "exact")
        return verdict.expected.empty() ? "any value" : quoted;
    if (dialect == "prefix")
        return "a text that begins with " + quoted;
    if (dialect == "suffix")
        return "a text that ends with " + quoted;
    return verdict.expected;
}

}  // namespace

std::string describe(Verdict const& verdict, std::string_view actual) {
    if (verdict.matched)
        return "The filter matched.";
    if (verdict.clause.empty())
        return verdict.expected;
    if (verdict.attribute.empty())
        return "The filter wanted " + verdict.expected + ".";
    return "The filter wanted " + verdict.attribute + " to be " + wanted(verdict) + "; it was " +
           (actual.empty() ? "absent" : "\"" + std::string(actual) + "\"") + ".";
}

std::string dialect_of(std::string_view clause) {
    for (std::string_view const dialect : {"exact", "prefix", "suffix"})
        if (clause.find("/" + std::string(dialect) + "/") != std::string_view::npos)
            return std::string(dialect);
    if (clause.starts_with("filter/"))
        return "exact";
    std::size_t const slash = clause.rfind('/');
    return slash == std::string_view::npos ? std::string{} : std::string(clause.substr(slash + 1));
}

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

DeliveryState delivery_state_from(std::int64_t number) {
    return number >= 0 && number <= 4 ? static_cast<DeliveryState>(number) : DeliveryState::pending;
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

std::vector<Attempt> decode_attempts(std::string_view bytes) {
    std::vector<Attempt> attempts;
    ByteReader reader(bytes);
    while (!reader.at_end()) {
        Attempt attempt;
        attempt.at = SystemTime(nanoseconds(static_cast<std::int64_t>(reader.varint())));
        attempt.status = static_cast<int>(reader.varint());
        attempt.took = milliseconds(static_cast<std::int64_t>(reader.varint()));
        attempt.error = std::string(reader.text());
        if (!reader.ok())
            return {};
        attempts.push_back(std::move(attempt));
    }
    return attempts;
}

}  // namespace millrace::broker
