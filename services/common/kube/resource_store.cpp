// SPDX-License-Identifier: Apache-2.0
#include "common/kube/resource_store.hpp"

#include <algorithm>

namespace millrace {

bool Selector::matches(Resource const& resource) const {
    if (!name_space.empty() && resource.name().name_space != name_space)
        return false;
    if (!name.empty() && resource.name().name != name)
        return false;
    Json const* has = find_json(resource.object, "metadata/labels");
    return std::ranges::all_of(labels, [has](auto const& wanted) {
        auto const& [key, value] = wanted;
        if (has == nullptr || !has->is_object() || !has->contains(key))
            return false;
        return !value || has->at(key) == *value;
    });
}

}  // namespace millrace
