// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/shared_text.hpp"
#include "common/event/filter.hpp"

namespace millrace::broker {

/// A Trigger as it was while events were asked about: never changed, known by its number. A change
/// of what it filters, or of whether it is in force, makes another version.
struct TriggerVersion {
    std::uint32_t id = 0;
    std::string trigger;  ///< "namespace/name"
    std::string uid;      ///< of the object; empty where the store gives none
    SharedText filter;    ///< the members filter and filters of its spec, as JSON
    std::string fault;    ///< why it is not in force and matches nothing; empty: it is
    Filter parsed;        ///< of `filter`; not set where `fault` is

    bool matches(CloudEvent const& event) const { return fault.empty() && parsed.matches(event); }
};
using TriggerVersionRef = std::shared_ptr<TriggerVersion const>;

/// The Triggers of one Broker at one time ("generation"). An event names the set that was asked and
/// the versions that matched; why the others did not follows from their filters, which are pure.
struct TriggerSet {
    std::uint32_t id = 0;
    std::vector<TriggerVersionRef> members;  ///< sorted by trigger
};
using TriggerSetRef = std::shared_ptr<TriggerSet const>;

/// Whether two uids can be those of one object: a store that gives none ("") says nothing against.
bool is_same_object(std::string_view uid, std::string_view other);

/// Numbers of versions, ascending, as a set or an event stores them: about a byte each in a set.
std::string encode_ids(std::vector<TriggerVersionRef> const& versions);
/// Errors: `damaged`.
Result<std::vector<std::uint32_t>> decode_ids(std::string_view bytes);

}  // namespace millrace::broker
