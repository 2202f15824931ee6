// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace millrace::router {

/// One field of a vSphere data object as it stands on the wire.
struct VimField {
    enum class Kind { text, integer, floating, boolean, time, reference, any, object };

    std::string_view wire_name;  ///< "fullFormattedMessage"
    std::string json_name;       ///< "FullFormattedMessage"
    Kind kind = Kind::text;
    bool optional = false;
    bool is_list = false;
    std::string_view object_type;  ///< of Kind::object
};

/// A data object class with all its fields, the base class's first (the wire's order).
struct VimType {
    std::string_view name;
    VimType const* base = nullptr;
    std::vector<VimField> fields;

    bool derives_from(std::string_view ancestor) const;
};

/// The vSphere classes an event can be made of: 440 event classes and what stands inside them.
/// Built once from the generated lines (about 1 ms); immutable.
class VimTypes {
public:
    VimTypes();
    /// nullptr where the class is not known: newer than the table.
    VimType const* find(std::string_view name) const;

private:
    VimType& add(std::string_view name, auto const& lines);

    std::unordered_map<std::string_view, VimType> types_;
};

/// The generated table; see scripts/generate-vim-types for the form of a line.
extern std::string_view const vim_type_lines[];
extern std::size_t const vim_type_line_count;

}  // namespace millrace::router
