// SPDX-License-Identifier: Apache-2.0
#include "router/vcenter/event_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "common/base/clock.hpp"
#include "common/base/encoding.hpp"
#include "common/base/json_cursor.hpp"
#include "router/vcenter/xml.hpp"

namespace millrace::router {
namespace {

constexpr std::array<bool, 256> make_plain_table() {
    std::array<bool, 256> plain{};
    for (unsigned c = 0x20; c < 0x7f; ++c)
        plain[c] = true;
    for (char const c : {'"', '\\', '<', '>', '&'})
        plain[static_cast<unsigned char>(c)] = false;
    return plain;
}
constexpr auto is_plain = make_plain_table();

void append_escape(std::string& to, unsigned char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    switch (c) {
        case '"':
            to += "\\\"";
            return;
        case '\\':
            to += "\\\\";
            return;
        case '\n':
            to += "\\n";
            return;
        case '\r':
            to += "\\r";
            return;
        case '\t':
            to += "\\t";
            return;
        default:
            break;
    }
    to += "\\u00";
    to += digits[c >> 4];
    to += digits[c & 15];
}

/// Text outside ASCII: made valid UTF-8, JavaScript's line separators escaped as Go does.
void append_non_ascii(std::string& to, std::string_view run) {
    std::string const valid = to_valid_utf8(run);
    std::string_view rest = valid;
    while (!rest.empty()) {
        bool const is_separator =
            rest.starts_with("\xe2\x80\xa8") || rest.starts_with("\xe2\x80\xa9");
        if (is_separator)
            to += rest[2] == '\xa8' ? "\\u2028" : "\\u2029";
        else
            to += rest.front();
        rest.remove_prefix(is_separator ? 3 : 1);
    }
}

/// RFC 8259 section 6: JSON has no "007", "1." or "+1"; one beyond a double ("1e999") is refused by
/// most that read it.
bool is_number(std::string_view text) {
    JsonCursor at(text);
    bool const begins = text.starts_with('-') || (text >= "0" && text < ":");
    if (!begins || at.value().size() != text.size())
        return false;
    double number = 0;
    auto const [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && stop == text.data() + text.size();
}

/// The first of `node` and its following siblings with this name.
pugi::xml_node child_from(pugi::xml_node node, std::string_view name) {
    while (node && local_name(node.name()) != name)
        node = node.next_sibling();
    return node;
}

/// One conversion: writes into `to`, looks classes up in `types`.
class Conversion {
public:
    Conversion(std::string& to, VimTypes const& types) : to_(to), types_(types) {}

    void fields(VimType const& type, pugi::xml_node node, int depth);
    void rest(pugi::xml_node from, VimType const& known, int depth);

private:
    void key(std::string_view name) {
        if (to_.back() != '{')
            to_ += ',';
        to_ += '"';
        to_ += name;
        to_ += "\":";
    }
    void absent(VimField const& field);
    void value(VimField const& field, pugi::xml_node node, int depth);
    pugi::xml_node one_field(VimField const& field, pugi::xml_node node, int depth);
    pugi::xml_node list(VimField const& field, pugi::xml_node node, int depth);
    void object(std::string_view declared, pugi::xml_node node, int depth);
    void any(pugi::xml_node node, int depth);
    void reference(pugi::xml_node node);
    void number(std::string_view text);
    void boolean(std::string_view text) { to_ += text == "true" || text == "1" ? "true" : "false"; }
    void time(std::string_view text);

    std::string& to_;
    VimTypes const& types_;
};

void Conversion::absent(VimField const& field) {
    using Kind = VimField::Kind;
    bool const is_value = !field.is_list;
    if (is_value && field.kind == Kind::text)
        to_ += "\"\"";
    else if (is_value && (field.kind == Kind::integer || field.kind == Kind::floating))
        to_ += '0';
    else if (is_value && field.kind == Kind::boolean && !field.optional)
        to_ += "false";
    else
        to_ += "null";
}

void Conversion::number(std::string_view text) {
    if (!text.empty() && is_number(text))
        to_ += text;
    else
        append_json_text(to_, text);
}

void Conversion::time(std::string_view text) {
    // Already as Go writes it, which is what every vCenter sends.
    bool const canonical = text.size() >= 20 && text.size() <= 30 && text.back() == 'Z' &&
                           text[text.size() - 2] != '0';
    auto const parsed = canonical ? Result<SystemTime>(SystemTime()) : parse_rfc3339(text);
    if (canonical || !parsed)
        append_json_text(to_, text);
    else
        append_json_text(to_, format_rfc3339(*parsed));
}

void Conversion::reference(pugi::xml_node node) {
    to_ += "{\"Type\":";
    append_json_text(to_, node.attribute("type").value());
    to_ += ",\"Value\":";
    append_json_text(to_, node.child_value());
    to_ += '}';
}

void Conversion::value(VimField const& field, pugi::xml_node node, int depth) {
    using Kind = VimField::Kind;
    switch (field.kind) {
        case Kind::text:
            return append_json_text(to_, node.child_value());
        case Kind::integer:
        case Kind::floating:
            return number(node.child_value());
        case Kind::boolean:
            return boolean(node.child_value());
        case Kind::time:
            return time(node.child_value());
        case Kind::reference:
            return reference(node);
        case Kind::any:
            return any(node, depth + 1);
        case Kind::object:
            return object(field.object_type, node, depth + 1);
    }
}

pugi::xml_node Conversion::list(VimField const& field, pugi::xml_node node, int depth) {
    to_ += '[';
    for (; node && local_name(node.name()) == field.wire_name; node = node.next_sibling()) {
        if (to_.back() != '[')
            to_ += ',';
        value(field, node, depth);
    }
    to_ += ']';
    return node;
}

void Conversion::object(std::string_view declared, pugi::xml_node node, int depth) {
    std::string_view const actual = xsi_type(node);
    VimType const* type = types_.find(actual.empty() ? declared : actual);
    if (type == nullptr || depth > xml_depth_max)
        return any(node, depth);
    to_ += '{';
    fields(*type, node, depth);
    to_ += '}';
}

/// By its form: xsi:type where given, else object, reference or text.
void Conversion::any(pugi::xml_node node, int depth) {
    std::string_view const actual = xsi_type(node);
    if (actual == "int" || actual == "long" || actual == "short" || actual == "byte" ||
        actual == "double" || actual == "float")
        return number(node.child_value());
    if (actual == "boolean")
        return boolean(node.child_value());
    if (actual == "ManagedObjectReference" || (actual.empty() && node.attribute("type")))
        return reference(node);
    bool const has_elements = node.first_child().type() == pugi::node_element;
    if (!has_elements || depth > xml_depth_max)
        return append_json_text(to_, node.child_value());
    VimType const* type = types_.find(actual);
    static VimType const unknown;
    to_ += '{';
    if (type != nullptr)
        fields(*type, node, depth);
    else
        rest(node.first_child(), unknown, depth);
    to_ += '}';
}

/// Fields stand in the table's order (XML Schema's sequence), so one walk finds them all. Only
/// where a known one is left over do they not, and are looked for one by one.
void Conversion::fields(VimType const& type, pugi::xml_node node, int depth) {
    std::size_t const begin = to_.size();
    pugi::xml_node cursor = node.first_child();
    for (VimField const& field : type.fields) {
        key(field.json_name);
        if (local_name(cursor.name()) != field.wire_name)
            absent(field);
        else
            cursor = one_field(field, cursor, depth);
    }
    if (!cursor)
        return;
    bool const in_order = std::ranges::none_of(type.fields, [cursor](VimField const& field) {
        return child_from(cursor, field.wire_name);
    });
    if (!in_order) {
        to_.resize(begin);
        for (VimField const& field : type.fields) {
            key(field.json_name);
            if (pugi::xml_node const found = child_from(node.first_child(), field.wire_name))
                one_field(field, found, depth);
            else
                absent(field);
        }
        cursor = node.first_child();
    }
    // Fields newer than the table.
    rest(cursor, type, depth);
}

/// Returns what stands behind the field.
pugi::xml_node Conversion::one_field(VimField const& field, pugi::xml_node node, int depth) {
    if (field.is_list)
        return list(field, node, depth);
    value(field, node, depth);
    while (node && local_name(node.name()) == field.wire_name)
        node = node.next_sibling();
    return node;
}

void Conversion::rest(pugi::xml_node from, VimType const& known, int depth) {
    for (pugi::xml_node node = from; node;) {
        if (node.type() != pugi::node_element) {
            node = node.next_sibling();
            continue;
        }
        std::string const name(local_name(node.name()));
        bool const is_known = std::ranges::any_of(
            known.fields, [&](VimField const& field) { return field.wire_name == name; });
        bool const is_list = local_name(node.next_sibling().name()) == name;
        if (!is_known) {
            std::string json_name = name;
            if (json_name[0] >= 'a' && json_name[0] <= 'z')
                json_name[0] = static_cast<char>(json_name[0] - 32);
            if (to_.back() != '{')
                to_ += ',';
            append_json_text(to_, json_name);
            to_ += ':';
            if (is_list)
                to_ += '[';
        }
        bool first = true;
        for (; node && local_name(node.name()) == name; node = node.next_sibling()) {
            if (is_known)
                continue;
            if (!first)
                to_ += ',';
            first = false;
            any(node, depth + 1);
        }
        if (!is_known && is_list)
            to_ += ']';
    }
}

}  // namespace

void append_json_text(std::string& to, std::string_view text) {
    to += '"';
    while (!text.empty()) {
        std::size_t run = 0;
        while (run < text.size() && is_plain[static_cast<unsigned char>(text[run])])
            ++run;
        to += text.substr(0, run);
        text.remove_prefix(run);
        if (text.empty())
            break;
        auto const c = static_cast<unsigned char>(text.front());
        if (c < 0x80) {
            append_escape(to, c);
            text.remove_prefix(1);
            continue;
        }
        std::size_t length = 1;
        while (length < text.size() && static_cast<unsigned char>(text[length]) >= 0x80)
            ++length;
        append_non_ascii(to, text.substr(0, length));
        text.remove_prefix(length);
    }
    to += '"';
}

void append_event_json(
    std::string& to, VimTypes const& types, VimType const* type, pugi::xml_node event) {
    Conversion conversion(to, types);
    to += '{';
    conversion.fields(type != nullptr ? *type : *types.find("Event"), event, 0);
    to += '}';
}

}  // namespace millrace::router
