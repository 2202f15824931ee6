// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pugixml.hpp>
#include <string_view>

#include "ovagen/property_list.hpp"

namespace millrace::ovagen {

/// Adds the form to a VirtualSystem.
void add_product_section(pugi::xml_node parent, PropertyList const& list, std::string_view version);

}  // namespace millrace::ovagen
