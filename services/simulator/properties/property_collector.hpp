// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>

#include "simulator/properties/property_spec.hpp"

namespace millrace::simulator {

/// A PropertyCollector: filters, and what each has told its client so far. Pure.
/// Contract: vSphere Web Services API reference, PropertyCollector.WaitForUpdatesEx.
class PropertyCollector {
public:
    /// Errors: ManagedObjectNotFound for a start object that does not exist; those of
    /// check_defined.
    std::expected<void, SoapFault> add_filter(
        std::string id, PropertyFilterSpec spec, PropertySource const& source);
    bool remove_filter(std::string_view id);
    bool has_filter(std::string_view id) const { return filters_.contains(id); }
    std::size_t filter_count() const { return filters_.size(); }

    /// The inner XML of an UpdateSet with what has changed since `version` ("" or "-": all), or
    /// nothing. Errors: InvalidCollectorVersion for a version other than the last one given.
    std::expected<std::optional<std::string>, SoapFault> updates_since(
        std::string_view version, PropertySource const& source);

    /// Calls that wait in this collector are to end with RequestCanceled.
    void cancel_waits() { ++cancellations_; }
    std::uint64_t cancellations() const { return cancellations_; }

private:
    using Reported = std::map<std::string, std::string>;  ///< path to rendered value
    struct Filter {
        PropertyFilterSpec spec;
        std::map<ManagedReference, Reported> reported;
    };
    std::string changes_of(Filter& filter, PropertySource const& source);

    std::map<std::string, Filter, std::less<>> filters_;
    std::uint64_t version_ = 0;
    std::uint64_t seen_generation_ = 0;
    bool fresh_ = true;  ///< a filter came or went since the last answer
    std::uint64_t cancellations_ = 0;
};

}  // namespace millrace::simulator
