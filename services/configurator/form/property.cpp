// SPDX-License-Identifier: Apache-2.0
#include "configurator/form/property.hpp"

#include <algorithm>

namespace millrace::configurator {

Property const* find_property(std::string_view key) {
    auto const table = properties();
    auto const found = std::ranges::find(table, key, &Property::key);
    return found == table.end() ? nullptr : &*found;
}

}  // namespace millrace::configurator
