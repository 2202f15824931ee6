// SPDX-License-Identifier: Apache-2.0
#include "common/kube/told_objects.hpp"

#include "common/base/encoding.hpp"

namespace millrace {

void ToldObjects::tell_gone(ResourceName const& name, std::string uid) {
    Resource gone;
    gone.object["metadata"] = {
        {"namespace", name.name_space}, {"name", name.name}, {"uid", std::move(uid)}};
    waiting_.push_back(
        {.type = WatchEvent::Type::deleted, .resource = std::move(gone), .name = name});
}

bool ToldObjects::update(ResourceName const& name, Read read) {
    if (!read && read.error().code == ErrorCode::storage)
        return false;
    auto const found = told_.find(name);
    if (!read && read.error().code == ErrorCode::not_found) {
        if (found == told_.end())
            return true;
        tell_gone(name, std::move(found->second.uid));
        told_.erase(found);
        return true;
    }
    Told& told = told_[name];
    std::uint64_t const hash =
        fnv1a(read ? read->resource_version() : "faults:" + to_string(read.error().faults));
    if (told.hash == hash)
        return true;
    told.hash = hash;
    if (!read) {
        waiting_.push_back(
            {.type = WatchEvent::Type::invalid,
             .name = name,
             .faults = std::move(read.error().faults)});
        return true;
    }
    std::string uid = read->uid();
    if (!told.uid.empty() && !uid.empty() && told.uid != uid)
        tell_gone(name, std::move(told.uid));
    told.uid = std::move(uid);
    waiting_.push_back({.resource = std::move(*read), .name = name});
    return true;
}

void ToldObjects::keep_only(std::vector<ResourceName> const& names) {
    std::set<ResourceName> const present(names.begin(), names.end());
    for (auto at = told_.begin(); at != told_.end();) {
        if (present.contains(at->first)) {
            ++at;
            continue;
        }
        tell_gone(at->first, std::move(at->second.uid));
        at = told_.erase(at);
    }
}

WatchEvent ToldObjects::take() {
    WatchEvent event = std::move(waiting_.front());
    waiting_.pop_front();
    return event;
}

}  // namespace millrace
