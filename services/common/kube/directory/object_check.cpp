// SPDX-License-Identifier: Apache-2.0
#include "common/kube/directory/object_check.hpp"

#include "common/kube/directory/directory_files.hpp"

namespace millrace {

Faults check_objects(
    std::filesystem::path const& root, ResourceKind const& kind,
    std::function<Faults(Resource const&)> const& check) {
    Faults all;
    auto const names = list_names(root, kind);
    if (!names)
        return {{root.string(), names.error().detail}};
    for (ResourceName const& name : *names) {
        auto const object = read_object(root, kind, name);
        if (!object) {
            Faults const& faults = object.error().faults;
            all.insert(all.end(), faults.begin(), faults.end());
            continue;
        }
        for (Fault& fault : check(*object))
            all.push_back(
                {object_paths(root, kind, name).object.string() + ": " + fault.place,
                 std::move(fault.problem)});
    }
    return all;
}

}  // namespace millrace
