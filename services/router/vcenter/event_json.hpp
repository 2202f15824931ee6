// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "router/vcenter/vim_types.hpp"

namespace millrace::router {

/// Appends `text` as a JSON string the way Go's encoding/json does: <, >, & and U+2028/9 escaped,
/// bytes that are no UTF-8 as U+FFFD.
void append_json_text(std::string& to, std::string_view text);

/// Appends the event element as JSON in the shape functions written for VEBA 0.8 know: govmomi's
/// struct (before 0.31) by Go's encoding/json. Keys are the wire names with a capital; every field
/// of the class is there, unset ones as null, "", 0 or false; references are {"Type","Value"}.
/// `type` is the class, or nullptr for one the table does not know: then Event's fields come first
/// and the rest is converted by its form. Never fails: what does not fit its type becomes text.
void append_event_json(
    std::string& to, VimTypes const& types, VimType const* type, pugi::xml_node event);

}  // namespace millrace::router
