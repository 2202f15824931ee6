// SPDX-License-Identifier: Apache-2.0
#include "common/kube/directory/object_check.hpp"

#include "common/kube/directory/directory_files.hpp"

namespace millrace {

Faults check_objects(
    std::filesystem::path const& root, ResourceKind const& kind,
    std::function<Faults(Resource const&)> const& check) {
    Faults all;
    for (ResourceName const& name : list_names(root, kind)) {
        auto const object = read_object(root, kind, name);
        if (!object) {
            all.insert(all.end(), object.error().begin(), object.error().end());
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
