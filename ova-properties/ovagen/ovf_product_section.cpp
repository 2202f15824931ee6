// SPDX-License-Identifier: Apache-2.0
#include "ovagen/ovf_product_section.hpp"

#include <sstream>

#include "ovagen/outputs.hpp"

namespace millrace::ovagen {
namespace {

/// `ValueMap{"a","b"}` (DSP0243, table 6).
std::string value_map(std::vector<std::string> const& choices) {
    std::string text = "ValueMap{";
    for (std::string const& choice : choices)
        text += (text.ends_with('{') ? "\"" : ",\"") + choice + "\"";
    return text + "}";
}

std::string qualifiers(Property const& property) {
    if (property.type->name == "boolean")
        return "";
    if (property.type->name == "choice")
        return value_map(property.choices);
    if (property.type->name == "ipv4_prefix")
        return value_map(ipv4_prefix_choices());
    if (property.type->name == "integer")
        return "MinValue(" + std::to_string(property.low) + "),MaxValue(" +
               std::to_string(property.high) + ")";
    // Only what must be there has a least length: vCenter knows no "empty or at least eight".
    std::string longest = "MaxLen(" + std::to_string(property.length_max) + ")";
    if (!property.required)
        return longest;
    return "MinLen(" + std::to_string(std::max(property.length_min, 1U)) + ")," + longest;
}

void add_text(pugi::xml_node parent, char const* name, std::string const& text) {
    parent.append_child(name).text().set(text.c_str());
}

void add_property(pugi::xml_node section, Property const& property) {
    pugi::xml_node node = section.append_child("Property");
    node.append_attribute("ovf:key") = ovf_key(property).c_str();
    node.append_attribute("ovf:type") = std::string(property.type->ovf_type).c_str();
    if (std::string const text = qualifiers(property); !text.empty())
        node.append_attribute("ovf:qualifiers") = text.c_str();
    node.append_attribute("ovf:userConfigurable") = "true";
    if (property.secret)
        node.append_attribute("ovf:password") = "true";
    node.append_attribute("ovf:value") = property.fallback.c_str();
    add_text(node, "Label", property.label);
    add_text(node, "Description", property.help);
}

}  // namespace

void add_product_section(
    pugi::xml_node parent, PropertyList const& list, std::string_view version) {
    pugi::xml_node section = parent.append_child("ProductSection");
    section.append_attribute("ovf:required") = "true";
    add_text(section, "Info", "What the appliance is, and how it is to be configured.");
    add_text(section, "Product", "Millrace");
    add_text(section, "Vendor", "Millrace");
    add_text(section, "Version", std::string(version));
    int number = 0;
    for (Group const& group : list.groups) {
        // Clients that sort the categories keep the order by the number.
        ++number;
        std::string const place = (number < 10 ? "0" : "") + std::to_string(number);
        add_text(section, "Category", place + ". " + group.label);
        for (Property const& property : list.properties)
            if (property.group == group.id)
                add_property(section, property);
    }
}

std::string ovf_product_section(PropertyList const& list, std::string_view version) {
    pugi::xml_document document;
    add_product_section(document.root(), list, version);
    std::ostringstream text;
    document.save(text, "  ", pugi::format_indent | pugi::format_no_declaration);
    return text.str();
}

}  // namespace millrace::ovagen
