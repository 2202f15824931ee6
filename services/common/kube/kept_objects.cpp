// SPDX-License-Identifier: Apache-2.0
#include "common/kube/kept_objects.hpp"

#include <algorithm>

namespace millrace {

void keep(std::vector<Resource>& objects, WatchEvent event) {
    using Type = WatchEvent::Type;
    auto const at = std::ranges::lower_bound(objects, event.name, {}, &Resource::name);
    bool const is_there = at != objects.end() && at->name() == event.name;
    if (event.type == Type::added && is_there)
        *at = std::move(event.resource);
    else if (event.type == Type::added)
        objects.insert(at, std::move(event.resource));
    else if (event.type == Type::deleted && is_there)
        objects.erase(at);
}

}  // namespace millrace
