// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "ovagen/property_list.hpp"

namespace millrace::ovagen {

/// The OVF descriptor's ProductSection (DSP0243 2.1, 9.5): the form that vCenter shows. Its
/// password fields are hidden, its bounds and choices checked there, before anything is deployed.
std::string ovf_product_section(PropertyList const& list, std::string_view version);

/// services/configurator/form/generated/property_table.cpp.
std::string property_table_source(PropertyList const& list);

/// docs/properties.md.
std::string properties_markdown(PropertyList const& list);

/// The console's form: groups with their properties, as JSON.
std::string form_json(PropertyList const& list);

/// A script that deploys with every property, by ovftool's --prop.
std::string ovftool_sample(PropertyList const& list);

/// The same for `govc import.ova -options=FILE`.
std::string govc_sample(PropertyList const& list);

/// "guestinfo.hostname": the prefix that vmtoolsd and old scripts know.
std::string ovf_key(Property const& property);
/// What a person is told of the values that are allowed, e.g. "a whole number from 1 to 65535".
std::string value_words(Property const& property);

}  // namespace millrace::ovagen
