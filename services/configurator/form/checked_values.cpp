// SPDX-License-Identifier: Apache-2.0
#include "configurator/form/checked_values.hpp"

#include <algorithm>

#include "common/base/assert.hpp"
#include "common/base/encoding.hpp"
#include "common/base/nearest_word.hpp"
#include "configurator/form/property_value.hpp"

namespace millrace::configurator {

CheckedValues::CheckedValues(PropertyTexts const& given, NeededSecrets secrets) {
    for (Property const& property : properties())
        read(property, given);
    for (Property const& property : properties())
        if (!property.secret || secrets == NeededSecrets::given)
            check_required(property);
    note_unknown(given);
}

void CheckedValues::read(Property const& property, PropertyTexts const& given) {
    auto const found = given.find(property.key);
    std::string_view text = found == given.end() ? std::string_view() : found->second.reveal();
    bool const is_given = !bare_text(property, text).empty();
    if (property.type == PropertyType::ignored) {
        if (is_given)
            note(property.key, "is accepted for older scripts and has no effect.");
        return;
    }
    if (!is_given)
        text = property.fallback;
    if (text.empty())
        return;
    auto value = read_value(property, text);
    if (value)
        values_.emplace(property.key, std::move(*value));
    else
        fault(property.key, std::move(value.error()));
}

/// A value that is there and wrong was told already.
void CheckedValues::check_required(Property const& property) {
    if (has(property.key) || is_told(property.key))
        return;
    if (property.required)
        return fault(property.key, "is needed: give " + std::string(property.words) + ".");
    for (std::string_view const other : property.required_with) {
        Property const* const cause = find_property(other);
        bool const is_switch = cause->type == PropertyType::boolean;
        if (is_switch ? is_on(other) : has(other))
            return fault(
                property.key, "is needed with " + std::string(other) + ": give " +
                                  std::string(property.words) + ".");
    }
}

void CheckedValues::note_unknown(PropertyTexts const& given) {
    std::vector<std::string_view> known;
    for (Property const& property : properties())
        known.push_back(property.key);
    for (auto const& [key, value] : given) {
        if (find_property(key) != nullptr)
            continue;
        std::string remark = "is no property of this appliance and has no effect";
        if (auto const nearest = nearest_word(known, key); !nearest.empty())
            remark += "; did you mean " + std::string(nearest) + "?";
        else
            remark += '.';
        note(to_valid_utf8(key), std::move(remark));
    }
}

bool CheckedValues::is_told(std::string_view key) const {
    return std::ranges::find(faults_, key, &Fault::place) != faults_.end();
}

std::string const& CheckedValues::text(std::string_view key) const {
    static std::string const none;
    MILLRACE_ASSERT(find_property(key) != nullptr);
    auto const found = values_.find(key);
    return found == values_.end() ? none : found->second.reveal();
}

std::uint32_t CheckedValues::number(std::string_view key) const {
    return parse_number(text(key), UINT32_MAX).value_or(0);
}

std::vector<std::string> CheckedValues::list(std::string_view key) const {
    return list_members(text(key));
}

std::optional<std::uint32_t> CheckedValues::ipv4(std::string_view key) const {
    return parse_ipv4(text(key));
}

void CheckedValues::fault(std::string_view key, std::string problem) {
    faults_.push_back({std::string(key), std::move(problem)});
}

void CheckedValues::note(std::string_view key, std::string remark) {
    notes_.push_back({std::string(key), std::move(remark)});
}

}  // namespace millrace::configurator
