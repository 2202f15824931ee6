// SPDX-License-Identifier: Apache-2.0
#include "configurator/form/given_values.hpp"

namespace millrace::configurator {

Checked<PropertyTexts> with_values(PropertyTexts const& given, Json const& body) {
    Json const* const values = find_json(body, "values");
    if (values == nullptr || !values->is_object())
        return std::unexpected(
            Faults{{"values", "must be an object of property names and their values."}});
    PropertyTexts form = given;
    Faults faults;
    for (auto const& [key, value] : values->items()) {
        if (find_property(key) == nullptr)
            faults.push_back({key, "is no property of this appliance."});
        else if (!value.is_string())
            faults.push_back({key, "must be a text."});
        else
            form.insert_or_assign(key, Secret(string_at(value, "")));
    }
    if (!faults.empty())
        return std::unexpected(std::move(faults));
    return form;
}

PropertyTexts without_secrets(PropertyTexts given) {
    std::erase_if(given, [](auto const& one) {
        Property const* const property = find_property(one.first);
        return property == nullptr || property->secret;
    });
    return given;
}

}  // namespace millrace::configurator
