// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/result.hpp"
#include "configurator/form/property.hpp"

namespace millrace::configurator::test {

/// The least that a form must have.
inline PropertyTexts least_form() {
    PropertyTexts given;
    given["root_password"] = Secret("a root password");
    given["endpoint_password"] = Secret("a web password");
    return given;
}

/// `form` with one more value.
inline PropertyTexts with(PropertyTexts form, std::string key, std::string value) {
    form.insert_or_assign(std::move(key), Secret(std::move(value)));
    return form;
}

/// What is said of the property, or "".
inline std::string said_of(Faults const& faults, std::string const& key) {
    std::string text;
    for (Fault const& fault : faults)
        if (fault.place == key)
            text += fault.problem;
    return text;
}

}  // namespace millrace::configurator::test
