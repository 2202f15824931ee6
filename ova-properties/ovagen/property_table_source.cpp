// SPDX-License-Identifier: Apache-2.0
#include "common/base/json.hpp"
#include "ovagen/outputs.hpp"

namespace millrace::ovagen {
namespace {

/// A C++ literal: what JSON escapes, C++ reads the same.
std::string quoted(std::string const& text) {
    return dump_json(Json(text));
}

std::string array_of(std::string const& name, std::vector<std::string> const& texts) {
    std::string line = "constexpr std::string_view " + name + "[] = {";
    for (std::string const& text : texts)
        line += quoted(text) + ", ";
    line.resize(line.size() - 2);
    return line + "};\n";
}

/// A member that is not its default.
class RowWriter {
public:
    void text(std::string_view name, std::string const& value) {
        if (!value.empty())
            add(name, quoted(value));
    }
    void number(std::string_view name, std::int64_t value) {
        if (value != 0)
            add(name, std::to_string(value));
    }
    void flag(std::string_view name, bool value) {
        if (value)
            add(name, "true");
    }
    void add(std::string_view name, std::string const& code) {
        row_.append(row_.empty() ? "    {." : ",\n     .").append(name).append(" = ") += code;
    }
    std::string finish() { return std::move(row_) + "},\n"; }

private:
    std::string row_;
};

std::string row(Property const& property) {
    RowWriter writer;
    writer.text("key", property.key);
    writer.add("type", "PropertyType::" + std::string(property.type->name));
    writer.text("words", value_words(property));
    writer.text("fallback", property.fallback);
    writer.text("example", property.example);
    writer.number("length_min", property.length_min);
    writer.number("length_max", property.length_max);
    writer.number("low", property.low);
    writer.number("high", property.high);
    writer.number("items_max", property.items_max);
    writer.flag("secret", property.secret);
    writer.flag("required", property.required);
    if (!property.required_with.empty())
        writer.add("required_with", "required_with_" + property.key);
    if (!property.choices.empty())
        writer.add("choices", "choices_of_" + property.key);
    return writer.finish();
}

}  // namespace

std::string property_table_source(PropertyList const& list) {
    std::string text =
        "// SPDX-License-Identifier: Apache-2.0\n"
        "// Made by ovagen from ova-properties/properties.json; change that.\n"
        "#include \"configurator/form/property.hpp\"\n\n"
        "namespace millrace::configurator {\nnamespace {\n\n";
    for (Property const& property : list.properties) {
        if (!property.required_with.empty())
            text += array_of("required_with_" + property.key, property.required_with);
        if (!property.choices.empty())
            text += array_of("choices_of_" + property.key, property.choices);
    }
    text += "\nconstexpr Property table[] = {\n";
    for (Property const& property : list.properties)
        text += row(property);
    return text +
           "};\n\n}  // namespace\n\n"
           "std::span<Property const> properties() { return table; }\n\n"
           "}  // namespace millrace::configurator\n";
}

}  // namespace millrace::ovagen
