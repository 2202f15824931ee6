// SPDX-License-Identifier: Apache-2.0
#include "router/vcenter/vim_types.hpp"

#include <span>

#include "common/base/assert.hpp"

namespace millrace::router {
namespace {

/// What stands before `separator`, which is removed too; all of it where there is none.
std::string_view take_until(std::string_view& text, char separator) {
    std::string_view const head = text.substr(0, text.find(separator));
    text.remove_prefix(std::min(text.size(), head.size() + 1));
    return head;
}

VimField::Kind kind_of(char code) {
    switch (code) {
        case 's':
            return VimField::Kind::text;
        case 'i':
            return VimField::Kind::integer;
        case 'd':
            return VimField::Kind::floating;
        case 'b':
            return VimField::Kind::boolean;
        case 't':
            return VimField::Kind::time;
        case 'm':
            return VimField::Kind::reference;
        case 'a':
            return VimField::Kind::any;
        case 'o':
            return VimField::Kind::object;
        default:
            break;
    }
    constexpr bool is_known_kind = false;
    MILLRACE_ASSERT(is_known_kind);
    return VimField::Kind::text;
}

VimField parse_field(std::string_view text) {
    VimField field;
    field.wire_name = take_until(text, '=');
    field.is_list = text.ends_with("[]");
    if (field.is_list)
        text.remove_suffix(2);
    char const code = text.front();
    field.optional = code >= 'A' && code <= 'Z';
    field.kind = kind_of(field.optional ? static_cast<char>(code + 32) : code);
    field.object_type = text.substr(1);
    field.json_name = std::string(field.wire_name);
    char& first = field.json_name.front();
    if (first >= 'a' && first <= 'z')
        first = static_cast<char>(first - 32);
    return field;
}

}  // namespace

bool VimType::derives_from(std::string_view ancestor) const {
    for (VimType const* type = this; type != nullptr; type = type->base)
        if (type->name == ancestor)
            return true;
    return false;
}

VimType& VimTypes::add(std::string_view name, auto const& lines) {
    if (auto const found = types_.find(name); found != types_.end())
        return found->second;
    std::string_view rest = lines.at(name);
    VimType type{.name = take_until(rest, ':')};
    if (std::string_view const base = take_until(rest, ':'); !base.empty()) {
        type.base = &add(base, lines);
        type.fields = type.base->fields;
    }
    while (!rest.empty())
        type.fields.push_back(parse_field(take_until(rest, ',')));
    return types_.emplace(type.name, std::move(type)).first->second;
}

VimTypes::VimTypes() {
    std::unordered_map<std::string_view, std::string_view> lines;
    for (std::string_view const line : std::span(vim_type_lines, vim_type_line_count))
        lines.emplace(line.substr(0, line.find(':')), line);
    // References into the map must stay valid while it grows: std::unordered_map keeps them.
    types_.reserve(lines.size());
    for (auto const& [name, line] : lines)
        add(name, lines);
}

VimType const* VimTypes::find(std::string_view name) const {
    auto const found = types_.find(name);
    return found == types_.end() ? nullptr : &found->second;
}

}  // namespace millrace::router
