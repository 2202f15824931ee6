// SPDX-License-Identifier: Apache-2.0
// What a VM is deployed with: the document, and every value in it.
#include "common/base/encoding.hpp"
#include "configurator/environment/ovf_environment.hpp"
#include "configurator/form/checked_values.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace millrace::fuzz {

void take(std::string_view bytes) {
    using namespace millrace::configurator;
    auto const form = parse_ovf_environment(bytes);
    if (!form) {
        FUZZ_HOLDS(!form.error().detail.empty());
        return;
    }
    CheckedValues values(*form);
    Faults const faults = values.take_faults();
    for (Fault const& fault : faults) {
        Property const* const property = find_property(fault.place);
        FUZZ_HOLDS(property != nullptr && !values.has(fault.place));
        FUZZ_HOLDS(fault.problem.ends_with('.') && to_valid_utf8(fault.problem) == fault.problem);
    }
    // A value that was taken is taken again, as the same.
    PropertyTexts spelt;
    for (Property const& property : properties())
        if (values.has(property.key))
            spelt[std::string(property.key)] = values.secret(property.key);
    CheckedValues const again(spelt);
    for (auto const& [key, value] : spelt)
        FUZZ_HOLDS(again.has(key) && again.text(key) == value.reveal());
}

}  // namespace millrace::fuzz
