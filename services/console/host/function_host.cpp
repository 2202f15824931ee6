// SPDX-License-Identifier: Apache-2.0
#include "console/host/function_host.hpp"

namespace millrace::console {

Json items_of(Json const& answer) {
    Json const* items = find_json(answer, "items");
    return items != nullptr && items->is_array() ? *items : Json::array();
}

}  // namespace millrace::console
