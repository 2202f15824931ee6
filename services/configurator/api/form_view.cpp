// SPDX-License-Identifier: Apache-2.0
#include "configurator/api/form_view.hpp"

#include "common/base/assert.hpp"
#include "configurator/form/form_document.hpp"

namespace millrace::configurator {

Json values_view(PropertyTexts const& given) {
    Json values = Json::object();
    Json secrets = Json::array();
    for (auto const& [key, value] : given) {
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
    return {{"values", std::move(values)}, {"secretsSet", std::move(secrets)}};
}

Json form_view(std::optional<PropertyTexts> const& given, Json const& status) {
    // It is made by ovagen and put in by the build.
    auto const form = parse_json(form_document);
    MILLRACE_ASSERT(form);
    Json view = values_view(given.value_or(PropertyTexts()));
    view["groups"] = form->at("groups");
    for (char const* const list : {"faults", "notes"})
        view[list] = status.value(list, Json::array());
    return view;
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
