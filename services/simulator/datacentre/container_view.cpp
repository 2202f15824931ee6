// SPDX-License-Identifier: Apache-2.0
#include "simulator/datacentre/container_view.hpp"

namespace millrace::simulator {

std::vector<ManagedReference> view_objects(Inventory const& inventory, ContainerView const& view) {
    std::vector<ManagedReference> found;
    auto const wanted = [&](std::string_view type) {
        bool any = view.types.empty();
        for (auto const& base : view.types)
            any = any || is_class(type, base);
        return any;
    };
    auto const& container = view.container.value;
    for (auto const& [id, entity] : inventory.entities) {
        if (id == container || !wanted(entity.type))
            continue;
        bool const inside =
            view.recursive ? inventory.is_under(id, container) : entity.parent == container;
        if (inside)
            found.push_back({entity.type, id});
    }
    return found;
}

}  // namespace millrace::simulator
