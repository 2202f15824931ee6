// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "broker/control/destination.hpp"
#include "common/kube/resource.hpp"

namespace millrace::broker {

/// What an object shows to those that refer to it; nothing else of it is kept.
struct ShownObject {
    /// Knative's duck type Addressable: status.address.url, else the first of status.addresses;
    /// empty: it has none yet.
    std::string address;
    std::string authorities_pem;  ///< CACerts beside it
    Condition ready;              ///< its condition Ready; of one that is, the state alone
    bool is_observed = true;      ///< its status is of its newest generation

    static ShownObject of(Resource const& object);
    bool operator==(ShownObject const&) const = default;
};

/// The objects of the kinds that something refers to, by what they show. Pure.
class AddressBook {
public:
    /// False: it shows what it showed before.
    bool put(KindWords const& kind, Resource const& object);
    bool remove(KindWords const& kind, ResourceName const& name);
    /// The kind is not followed any more.
    void forget(KindWords const& kind) { shown_.erase(kind); }
    /// nullptr: none was told of.
    ShownObject const* find(ObjectReference const& reference) const;

private:
    std::map<KindWords, std::map<ResourceName, ShownObject>> shown_;
};

}  // namespace millrace::broker
