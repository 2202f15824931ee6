// SPDX-License-Identifier: Apache-2.0
#include "configurator/environment/ovf_environment.hpp"

#include <pugixml.hpp>

namespace millrace::configurator {
namespace {

constexpr std::string_view key_prefix = "guestinfo.";

/// "oe:Property" and "Property" are the same: what prefix stands for the namespace is the writer's.
std::string_view local_name(std::string_view name) {
    auto const colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node child_of(pugi::xml_node parent, std::string_view name) {
    return parent.find_child(
        [name](pugi::xml_node child) { return local_name(child.name()) == name; });
}

pugi::xml_attribute attribute_of(pugi::xml_node node, std::string_view name) {
    return node.find_attribute(
        [name](pugi::xml_attribute one) { return local_name(one.name()) == name; });
}

Result<void> read_property(pugi::xml_node node, PropertyTexts& texts) {
    auto const key = attribute_of(node, "key");
    auto const value = attribute_of(node, "value");
    if (!key || !value)
        return failure(
            ErrorCode::invalid,
            "The OVF environment has a Property without " + std::string(key ? "value." : "key."));
    std::string_view name = key.value();
    if (!name.starts_with(key_prefix))
        return {};
    name.remove_prefix(key_prefix.size());
    auto const [place, is_new] = texts.try_emplace(std::string(name), std::string(value.value()));
    if (!is_new && place->second.reveal() != value.value())
        return failure(
            ErrorCode::invalid, "The OVF environment has guestinfo." + std::string(name) +
                                    " twice, with different values.");
    return {};
}

}  // namespace

Result<PropertyTexts> parse_ovf_environment(std::string_view xml) {
    if (xml.size() > environment_bytes_max)
        return failure(
            ErrorCode::too_large, "The OVF environment has " + std::to_string(xml.size()) +
                                      " bytes; " + std::to_string(environment_bytes_max) +
                                      " at most are read.");
    pugi::xml_document document;
    auto const parsed = document.load_buffer(xml.data(), xml.size());
    if (!parsed)
        return failure(
            ErrorCode::invalid,
            "The OVF environment is no XML: " + std::string(parsed.description()) + " at byte " +
                std::to_string(parsed.offset) + ".");
    auto const environment = child_of(document.root(), "Environment");
    if (!environment)
        return failure(
            ErrorCode::invalid, "The OVF environment has no element Environment (DSP8027).");
    PropertyTexts texts;
    for (pugi::xml_node const section : environment.children()) {
        if (local_name(section.name()) != "PropertySection")
            continue;
        for (pugi::xml_node const property : section.children())
            if (local_name(property.name()) == "Property")
                if (auto const read = read_property(property, texts); !read)
                    return std::unexpected(read.error());
    }
    return texts;
}

}  // namespace millrace::configurator
