// SPDX-License-Identifier: Apache-2.0
#include "common/base/json.hpp"
#include "ovagen/outputs.hpp"

namespace millrace::ovagen {
namespace {

std::string joined(std::vector<std::string> const& texts, std::string_view between) {
    std::string text;
    for (std::string const& one : texts)
        text.append(text.empty() ? "" : between).append(one);
    return text;
}

/// A cell of a Markdown table.
std::string cell(std::string text) {
    for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2))
        text.insert(at, "\\");
    return text;
}

std::string needed_words(Property const& property) {
    if (property.required)
        return property.fallback.empty() ? "yes" : "";
    if (property.required_with.empty())
        return "";
    return "with `" + joined(property.required_with, "`, `") + "`";
}

std::string since_words(Property const& property) {
    return property.since == "veba" ? "VEBA" : property.since;
}

/// A value that every shell passes on as it is.
std::string shell_quoted(std::string const& text) {
    std::string quoted = "'";
    for (char const one : text)
        quoted += one == '\'' ? std::string("'\\''") : std::string(1, one);
    return quoted + "'";
}

std::string sample_value(Property const& property) {
    return property.example.empty() ? property.fallback : property.example;
}

}  // namespace

std::string ovf_key(Property const& property) {
    return "guestinfo." + property.key;
}

std::string value_words(Property const& property) {
    std::string words(property.type->words);
    std::string const low = std::to_string(property.low);
    std::string const high = std::to_string(property.high);
    if (property.type->name == "choice")
        return words + " " + joined(property.choices, ", ");
    if (property.type->name == "integer")
        return words + " from " + low + " to " + high;
    if (property.type->name == "ipv4_network")
        return words + ", /" + low + " to /" + high;
    if (property.items_max > 0)
        return "up to " + std::to_string(property.items_max) + " " + words;
    if (property.length_min > 1)
        return words + " of at least " + std::to_string(property.length_min) + " characters";
    return words;
}

std::string properties_markdown(PropertyList const& list) {
    std::string text =
        "<!-- Made by ovagen from ova-properties/properties.json; change that. -->\n"
        "# The properties of the OVA\n\n"
        "What the form in the vSphere Client asks for, and what `ovftool --prop` and `govc` set. "
        "Each "
        "key has the prefix\n`guestinfo.`. \"VEBA\": the VMware Event Broker Appliance had it by "
        "the "
        "same name, so its deployment scripts go on working.\n"
        "Everything is checked before anything is changed, and all that is wrong is told at "
        "once.\n";
    for (Group const& group : list.groups) {
        text +=
            "\n## " + group.label + "\n" + group.help +
            "\n\n| key | what | value | default | needed | since |\n|---|---|---|---|---|---|\n";
        for (Property const& one : list.properties) {
            if (one.group != group.id)
                continue;
            text += "| `" + one.key + "` | " + cell(one.label + ". " + one.help) + " | " +
                    cell(value_words(one)) + (one.secret ? "; hidden" : "") + " | " +
                    (one.fallback.empty() ? "" : "`" + one.fallback + "`") + " | " +
                    needed_words(one) + " | " + since_words(one) + " |\n";
        }
    }
    return text;
}

std::string form_json(PropertyList const& list) {
    Json groups = Json::array();
    for (Group const& group : list.groups) {
        Json fields = Json::array();
        for (Property const& one : list.properties) {
            if (one.group != group.id || one.type->name == "ignored")
                continue;
            Json field = {
                {"key", one.key},
                {"type", one.type->name},
                {"label", one.label},
                {"help", one.help},
                {"value", value_words(one)},
                {"default", one.fallback},
                {"example", one.example},
                {"secret", one.secret},
                {"required", one.required},
                {"lengthMax", one.length_max}};
            if (!one.required_with.empty())
                field["requiredWith"] = one.required_with;
            if (!one.choices.empty())
                field["choices"] = one.choices;
            if (one.type->name == "ipv4_prefix")
                field["choices"] = ipv4_prefix_choices();
            fields.push_back(std::move(field));
        }
        if (!fields.empty())
            groups.push_back(
                {{"id", group.id},
                 {"label", group.label},
                 {"help", group.help},
                 {"fields", std::move(fields)}});
    }
    return dump_json_pretty({{"groups", std::move(groups)}});
}

std::string ovftool_sample(PropertyList const& list) {
    std::string text =
        "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n"
        "# Made by ovagen. Every property, with an example; leave out what you do not need.\n"
        "# sh ovftool.sh millrace-VERSION.ova vi://USER@VCENTER/DATACENTER/host/CLUSTER\n"
        "ovftool --acceptAllEulas --powerOn --X:injectOvfEnv --name=millrace \\\n";
    for (Property const& one : list.properties)
        if (one.type->name != "ignored")
            text += "    --prop:" + ovf_key(one) + "=" + shell_quoted(sample_value(one)) + " \\\n";
    return text + "    \"$1\" \"$2\"\n";
}

std::string govc_sample(PropertyList const& list) {
    Json mapping = Json::array();
    for (Property const& one : list.properties)
        if (one.type->name != "ignored")
            mapping.push_back({{"Key", ovf_key(one)}, {"Value", sample_value(one)}});
    return dump_json_pretty(
        {{"DiskProvisioning", "thin"},
         {"IPAllocationPolicy", "fixedPolicy"},
         {"IPProtocol", "IPv4"},
         {"PropertyMapping", std::move(mapping)},
         {"NetworkMapping", Json::array({{{"Name", "Network"}, {"Network", "VM Network"}}})},
         {"PowerOn", true},
         {"InjectOvfEnv", true},
         {"Name", "millrace"}});
}

}  // namespace millrace::ovagen
