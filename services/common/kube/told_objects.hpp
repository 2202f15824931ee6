// SPDX-License-Identifier: Apache-2.0
// Private to common/kube.
#pragma once

#include <deque>
#include <expected>
#include <map>
#include <set>
#include <vector>

#include "common/kube/resource_store.hpp"

namespace millrace {

/// Why an object could not be read.
struct ObjectProblem {
    /// `not_found`: there is none; `invalid`: there is one that cannot be used; `storage`: the
    /// system says no at the moment, and nothing is known.
    ErrorCode code = ErrorCode::invalid;
    Faults faults;

    Error error() const { return {code, to_string(faults)}; }
};

/// What a watch has told of its objects, and what it tells next. An object that could not be read
/// for a passing reason is neither gone nor changed. Pure.
class ToldObjects {
public:
    using Read = std::expected<Resource, ObjectProblem>;

    /// What was read of one object. False: nothing is known of it; it is to be read again.
    bool update(ResourceName const& name, Read read);
    /// `names` are all there are: who is not among them is gone.
    void keep_only(std::vector<ResourceName> const& names);
    void add_synced() { waiting_.push_back({.type = WatchEvent::Type::synced}); }

    bool has_event() const { return !waiting_.empty(); }
    WatchEvent take();

private:
    /// What was told. Not what the objects say: that would be a second copy of all of them.
    struct Told {
        std::uint64_t hash = 0;  ///< of the version, or of the faults
        std::string uid;         ///< of the last good object
    };
    void tell_gone(ResourceName const& name, std::string uid);

    std::map<ResourceName, Told> told_;
    std::deque<WatchEvent> waiting_;
};

}  // namespace millrace
