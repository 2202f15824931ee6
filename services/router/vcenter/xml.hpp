// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace millrace::router {

/// Deeper nesting than this in a document of vCenter is refused (fault F35).
inline constexpr int xml_depth_max = 64;

/// Parses `text` in place (it is overwritten and must outlive the document). Errors: `invalid` on
/// malformed XML, DOCTYPE (so no entities are ever expanded) or too deep a nesting.
Result<void> parse_xml(pugi::xml_document& document, std::string& text);

/// The name without its prefix.
inline std::string_view local_name(char const* name) {
    std::string_view const whole = name;
    auto const colon = whole.rfind(':');
    return colon == std::string_view::npos ? whole : whole.substr(colon + 1);
}

/// The first child element with this local name; empty where there is none.
pugi::xml_node child(pugi::xml_node parent, std::string_view name);

/// The text of the child with this local name, or an empty text.
inline std::string_view child_text(pugi::xml_node parent, std::string_view name) {
    return child(parent, name).child_value();
}

/// The local part of xsi:type, found by the namespace's URI, never by its prefix (vcsim writes
/// "XMLSchema-instance:type"); empty where there is none.
std::string_view xsi_type(pugi::xml_node node);

/// Appends `text` with XML's five special characters escaped and control characters left out.
void append_xml_text(std::string& to, std::string_view text);

}  // namespace millrace::router
