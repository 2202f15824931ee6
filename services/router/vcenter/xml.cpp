// SPDX-License-Identifier: Apache-2.0
#include "router/vcenter/xml.hpp"

namespace millrace::router {
namespace {

constexpr std::string_view xsi_uri = "http://www.w3.org/2001/XMLSchema-instance";

bool is_xsi_prefix(pugi::xml_node node, std::string_view prefix) {
    std::string const declaration = "xmlns:" + std::string(prefix);
    for (; node; node = node.parent())
        if (auto const attribute = node.attribute(declaration.c_str()))
            return attribute.value() == xsi_uri;
    return false;
}

bool is_too_deep(pugi::xml_node root) {
    struct Depth final : pugi::xml_tree_walker {
        bool for_each(pugi::xml_node&) override { return depth() < xml_depth_max; }
    } walker;
    return !root.traverse(walker);
}

/// A document type declaration can only stand before the first element.
bool has_doctype(std::string_view text) {
    std::size_t at = 0;
    while ((at = text.find('<', at)) != std::string_view::npos) {
        std::string_view const rest = text.substr(at);
        if (rest.starts_with("<!DOCTYPE"))
            return true;
        if (rest.starts_with("<?"))
            at = text.find("?>", at);
        else if (rest.starts_with("<!--"))
            at = text.find("-->", at);
        else
            return false;
    }
    return false;
}

}  // namespace

Result<void> parse_xml(pugi::xml_document& document, std::string& text) {
    if (has_doctype(text))
        return failure(ErrorCode::invalid, "XML with a DOCTYPE is refused.");
    constexpr unsigned options = pugi::parse_default & ~pugi::parse_eol;
    auto const parsed =
        document.load_buffer_inplace(text.data(), text.size(), options, pugi::encoding_utf8);
    if (!parsed)
        return failure(
            ErrorCode::invalid, "Not valid XML at byte " + std::to_string(parsed.offset) + ": " +
                                    parsed.description() + ".");
    if (is_too_deep(document.root()))
        return failure(ErrorCode::invalid, "XML is nested deeper than 64 levels.");
    return {};
}

pugi::xml_node child(pugi::xml_node parent, std::string_view name) {
    for (pugi::xml_node node = parent.first_child(); node; node = node.next_sibling())
        if (local_name(node.name()) == name)
            return node;
    return {};
}

std::string_view xsi_type(pugi::xml_node node) {
    for (pugi::xml_attribute attribute : node.attributes()) {
        std::string_view const name = attribute.name();
        auto const colon = name.rfind(':');
        if (colon == std::string_view::npos || name.substr(colon + 1) != "type")
            continue;
        if (name == "xsi:type" || is_xsi_prefix(node, name.substr(0, colon)))
            return local_name(attribute.value());
    }
    return {};
}

void append_xml_text(std::string& to, std::string_view text) {
    for (char const c : text) {
        switch (c) {
            case '&':
                to += "&amp;";
                break;
            case '<':
                to += "&lt;";
                break;
            case '>':
                to += "&gt;";
                break;
            case '"':
                to += "&quot;";
                break;
            case '\'':
                to += "&apos;";
                break;
            default:
                if (static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n')
                    to += c;
        }
    }
}

}  // namespace millrace::router
