// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "common/base/result.hpp"
#include "configurator/form/address.hpp"
#include "configurator/form/property.hpp"

namespace millrace::configurator {

/// The value of each property in its one spelling, and what is wrong with those that have none.
/// What needs several values is checked by who has them (`settings_checks.cpp`), with the values
/// that are right.
class CheckedValues {
public:
    /// An empty value is one that was not given: its default counts.
    explicit CheckedValues(
        PropertyTexts const& given, NeededSecrets secrets = NeededSecrets::given);

    /// Whether it has a value that is right.
    bool has(std::string_view key) const { return values_.contains(key); }
    /// Whether it was told already that something is wrong with it.
    bool is_told(std::string_view key) const;
    /// "" where it has none.
    std::string const& text(std::string_view key) const;
    Secret secret(std::string_view key) const { return Secret(text(key)); }
    bool is_on(std::string_view key) const { return text(key) == "true"; }
    std::uint32_t number(std::string_view key) const;
    std::vector<std::string> list(std::string_view key) const;
    std::optional<std::uint32_t> ipv4(std::string_view key) const;

    void fault(std::string_view key, std::string problem);
    void note(std::string_view key, std::string remark);
    Faults take_faults() { return std::move(faults_); }
    Faults take_notes() { return std::move(notes_); }

private:
    void read(Property const& property, PropertyTexts const& given);
    void check_required(Property const& property);
    void note_unknown(PropertyTexts const& given);

    PropertyTexts values_;
    Faults faults_;
    Faults notes_;
};

}  // namespace millrace::configurator
