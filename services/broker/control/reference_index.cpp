// SPDX-License-Identifier: Apache-2.0
#include "broker/control/reference_index.hpp"

namespace millrace::broker {

void ReferenceIndex::add(ResourceName const& user, ObjectReference const& reference) {
    auto const [found, is_new] = users_.try_emplace(reference);
    found->second.insert(user);
    if (is_new)
        ++kinds_[reference.words()];
}

void ReferenceIndex::remove(ResourceName const& user, ObjectReference const& reference) {
    auto const found = users_.find(reference);
    found->second.erase(user);
    if (!found->second.empty())
        return;
    users_.erase(found);
    auto const kind = kinds_.find(reference.words());
    if (--kind->second == 0)
        kinds_.erase(kind);
}

void ReferenceIndex::set(ResourceName const& user, std::set<ObjectReference> references) {
    if (auto const before = references_.find(user); before != references_.end())
        for (ObjectReference const& reference : before->second)
            remove(user, reference);
    for (ObjectReference const& reference : references)
        add(user, reference);
    if (references.empty())
        references_.erase(user);
    else
        references_[user] = std::move(references);
}

std::set<ResourceName> const& ReferenceIndex::users_of(ObjectReference const& reference) const {
    static std::set<ResourceName> const nobody;
    auto const found = users_.find(reference);
    return found == users_.end() ? nobody : found->second;
}

std::vector<ObjectReference> ReferenceIndex::references_to(KindWords const& kind) const {
    std::vector<ObjectReference> references;
    for (auto at = users_.lower_bound({.api_version = kind.api_version, .kind = kind.kind});
         at != users_.end() && at->first.words() == kind; ++at)
        references.push_back(at->first);
    return references;
}

std::set<KindWords> ReferenceIndex::kinds() const {
    std::set<KindWords> kinds;
    for (auto const& [kind, count] : kinds_)
        kinds.insert(kind);
    return kinds;
}

}  // namespace millrace::broker
