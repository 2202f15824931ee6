// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <vector>

#include "broker/control/destination.hpp"
#include "common/kube/resource.hpp"

namespace millrace::broker {

/// Who refers to which object, so that a change of one costs what follows from it and no more.
/// Pure.
class ReferenceIndex {
public:
    /// From now on `user` refers to these, and to no others. None: it is forgotten.
    void set(ResourceName const& user, std::set<ObjectReference> references);
    std::set<ResourceName> const& users_of(ObjectReference const& reference) const;
    /// The objects of the kind that are referred to.
    std::vector<ObjectReference> references_to(KindWords const& kind) const;
    /// The kinds of all objects that are referred to.
    std::set<KindWords> kinds() const;

private:
    void add(ResourceName const& user, ObjectReference const& reference);
    void remove(ResourceName const& user, ObjectReference const& reference);

    std::map<ResourceName, std::set<ObjectReference>> references_;
    std::map<ObjectReference, std::set<ResourceName>> users_;  ///< none is empty
    std::map<KindWords, std::size_t> kinds_;                   ///< of users_; none is 0
};

}  // namespace millrace::broker
