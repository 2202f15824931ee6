// SPDX-License-Identifier: Apache-2.0
#include "configurator/api/form_view.hpp"

#include "common/base/assert.hpp"
#include "configurator/api/form_document.hpp"

namespace millrace::configurator {

Json form_view(std::optional<PropertyTexts> const& given, Json const& status) {
    // It is made by ovagen and put in by the build.
    auto form = parse_json(form_document);
    MILLRACE_ASSERT(form);
    Json values = Json::object();
    Json secrets = Json::array();
    for (auto const& [key, value] : given.value_or(PropertyTexts())) {
        Property const* const property = find_property(key);
        bool const is_asked =
            property != nullptr && property->type != PropertyType::ignored && !value.empty();
        if (!is_asked)
            continue;
        if (property->secret)
            secrets.push_back(key);
        else
            values[key] = value.reveal();
    }
    (*form)["values"] = std::move(values);
    (*form)["secretsSet"] = std::move(secrets);
    for (char const* const list : {"faults", "notes"})
        (*form)[list] = status.value(list, Json::array());
    return std::move(*form);
}

Checked<PropertyTexts> with_values(std::optional<PropertyTexts> const& given, Json const& body) {
    Json const* const values = find_json(body, "values");
    if (values == nullptr || !values->is_object())
        return std::unexpected(
            Faults{{"values", "must be an object of property names and their values."}});
    PropertyTexts form = given.value_or(PropertyTexts());
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

Json public_status(Json const& status) {
    Json shown = status;
    shown["notes"] = Json::array();
    for (char const* const list : {"faults", "steps"})
        for (Json& one : shown[list])
            one["problem"] = "";
    return shown;
}

}  // namespace millrace::configurator
