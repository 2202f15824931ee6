// SPDX-License-Identifier: Apache-2.0
#include "ovagen/property_list.hpp"

#include <algorithm>
#include <set>

#include "common/base/json.hpp"

namespace millrace::ovagen {
namespace {

constexpr std::uint32_t line_bytes_max = 1024;
// vSphere's longest value of a vApp property (vim.vApp.PropertyInfo).
constexpr std::uint32_t value_bytes_max = 65535;

constexpr std::array types = {
    TypeInfo{"address_list", "IPv4 or IPv6 addresses", "string", line_bytes_max},
    TypeInfo{"boolean", "true or false", "boolean", 5},
    TypeInfo{"certificates", "PEM certificates in base64", "string", value_bytes_max},
    TypeInfo{"choice", "one of", "string", 64},
    TypeInfo{"domain_list", "domain names", "string", line_bytes_max},
    TypeInfo{"host", "a host name or an address", "string", 261},
    TypeInfo{"host_list", "host names or addresses", "string", line_bytes_max},
    TypeInfo{"host_name", "a host name", "string", 253},
    TypeInfo{"ignored", "any text", "string", line_bytes_max},
    TypeInfo{"integer", "a whole number", "uint32", 10},
    TypeInfo{"ipv4_address", "an IPv4 address", "string", 15},
    TypeInfo{"ipv4_network", "an IPv4 network", "string", 18},
    TypeInfo{"ipv4_prefix", "a prefix length", "string", 20},
    TypeInfo{"ipv6_address", "an IPv6 address", "string", 45},
    TypeInfo{"ipv6_interface", "an IPv6 address with its prefix", "string", 49},
    TypeInfo{"no_proxy_list", "names, domains, addresses and networks", "string", line_bytes_max},
    TypeInfo{"password", "a password", "string", 256, true},
    TypeInfo{"private_key", "a PEM private key in base64", "string", value_bytes_max, true},
    TypeInfo{"proxy_url", "an http URL", "string", line_bytes_max},
    TypeInfo{"ssh_keys", "OpenSSH public keys", "string", value_bytes_max},
    TypeInfo{"user_name", "a name", "string", 256},
};

constexpr std::array<std::string_view, 17> members = {
    "key",     "group",   "type",     "label",         "help",    "since",
    "default", "example", "length",   "range",         "items",   "prefix",
    "choices", "secret",  "required", "required_with", "$comment"};

bool is_key(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char one) {
        return (one >= 'a' && one <= 'z') || (one >= '0' && one <= '9') || one == '_';
    });
}

/// Reads one element of "properties".
class PropertyReader {
public:
    PropertyReader(Json const& value, std::string place)
        : value_(value),
          reader_(value, std::move(place)) {}

    Property read() {
        Property property;
        property.key = reader_.required_string("key");
        if (!is_key(property.key))
            reader_.fault("key", "must be lower-case letters, digits and \"_\".");
        property.group = reader_.required_string("group");
        read_type(property);
        property.label = reader_.required_string("label");
        property.help = reader_.required_string("help");
        property.since = reader_.required_string("since");
        property.fallback = reader_.optional_string("default");
        property.example = reader_.optional_string("example");
        property.secret = reader_.optional_bool("secret", false);
        property.required = reader_.optional_bool("required", false);
        property.required_with = texts("required_with");
        property.choices = texts("choices");
        property.items_max =
            static_cast<std::uint32_t>(reader_.optional_integer("items", 0, 1, 64));
        read_bounds(property);
        check(property);
        return property;
    }
    Faults take_faults() { return reader_.take_faults(); }

private:
    void read_type(Property& property) {
        std::string const name = reader_.required_string("type");
        auto const found = std::ranges::find(types, name, &TypeInfo::name);
        if (found == types.end())
            reader_.fault("type", "\"" + name + "\" is no type; property_list.cpp lists them.");
        // An unknown type has no bounds that could be missed.
        property.type =
            &*(found == types.end() ? std::ranges::find(types, "ignored", &TypeInfo::name) : found);
    }

    std::vector<std::string> texts(std::string_view path) {
        std::vector<std::string> list;
        Json const* const array = reader_.optional_array(path);
        for (std::size_t index = 0; array != nullptr && index < array->size(); ++index)
            list.push_back(string_at((*array)[index], ""));
        return list;
    }

    /// "[low, high]", or nothing where it is absent.
    bool pair(std::string_view path, std::int64_t& low, std::int64_t& high) {
        Json const* const array = reader_.optional_array(path);
        if (array == nullptr)
            return false;
        auto const first = array->size() == 2 ? integer_at((*array)[0], "") : std::nullopt;
        auto const second = array->size() == 2 ? integer_at((*array)[1], "") : std::nullopt;
        if (!first || !second || *first < 0 || *first > *second)
            reader_.fault(path, "must be [least, greatest].");
        low = first.value_or(0);
        high = second.value_or(0);
        return true;
    }

    void read_bounds(Property& property) {
        std::int64_t low = 0;
        std::int64_t high = property.type->text_bytes_max;
        pair("length", low, high);
        property.length_min = static_cast<std::uint32_t>(low);
        property.length_max = static_cast<std::uint32_t>(high);
        bool const has_range = pair("range", property.low, property.high);
        if (has_range != (property.type->name == "integer"))
            reader_.fault("range", "is for integers, and each needs it.");
        bool const has_prefix = pair("prefix", property.low, property.high);
        if (has_prefix != (property.type->name == "ipv4_network"))
            reader_.fault("prefix", "is for networks, and each needs it.");
    }

    void check(Property const& property) {
        for (auto const& [name, member] : value_.items())
            if (std::ranges::find(members, name) == members.end())
                reader_.fault(name, "is no member of a property.");
        bool const is_choice = property.type->name == "choice";
        if (is_choice == property.choices.empty())
            reader_.fault("choices", "are for the type \"choice\", which needs them.");
        if (is_choice &&
            std::ranges::find(property.choices, property.fallback) == property.choices.end())
            reader_.fault("default", "must be one of the choices.");
        bool const is_list =
            property.type->name.ends_with("_list") || property.type->name == "ssh_keys";
        if (is_list != (property.items_max > 0))
            reader_.fault("items", "is for lists, and each needs it.");
        if (property.type->is_secret && !property.secret)
            reader_.fault("secret", "must be true for a " + std::string(property.type->name) + ".");
    }

    Json const& value_;
    JsonReader reader_;
};

void append(Faults& all, Faults more) {
    all.insert(
        all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

void read_groups(Json const& array, PropertyList& list, Faults& faults) {
    for (std::size_t index = 0; index < array.size(); ++index) {
        JsonReader reader(array[index], "group " + std::to_string(index));
        list.groups.push_back(
            {reader.required_string("id"), reader.required_string("label"),
             reader.required_string("help")});
        append(faults, reader.take_faults());
    }
}

/// What only the whole list shows.
void check_references(PropertyList const& list, Faults& faults) {
    std::set<std::string_view> keys;
    std::size_t group = 0;
    for (Property const& property : list.properties) {
        if (!keys.insert(property.key).second)
            faults.push_back({property.key, "stands twice."});
        // The form shows the groups one after the other.
        while (group < list.groups.size() && list.groups[group].id != property.group)
            ++group;
        if (group == list.groups.size())
            faults.push_back({property.key, "has a group that is unknown or ended before."});
    }
    for (Property const& property : list.properties)
        for (std::string const& other : property.required_with)
            if (!keys.contains(other))
                faults.push_back({property.key, "required_with \"" + other + "\", which is none."});
}

}  // namespace

std::span<TypeInfo const> property_types() {
    return types;
}

Checked<PropertyList> read_property_list(std::string_view text) {
    auto const document = parse_json(text);
    if (!document)
        return std::unexpected(Faults{{"properties.json", document.error().detail}});
    JsonReader reader(*document, "properties.json");
    PropertyList list;
    Faults faults;
    if (Json const* const groups = reader.optional_array("groups"))
        read_groups(*groups, list, faults);
    if (Json const* const properties = reader.optional_array("properties"))
        for (std::size_t index = 0; index < properties->size(); ++index) {
            Json const& value = (*properties)[index];
            PropertyReader one(value, string_at(value, "key", "property " + std::to_string(index)));
            list.properties.push_back(one.read());
            append(faults, one.take_faults());
        }
    append(faults, reader.take_faults());
    if (list.groups.empty() || list.properties.empty())
        faults.push_back({"properties.json", "needs \"groups\" and \"properties\"."});
    if (faults.empty())
        check_references(list, faults);
    if (!faults.empty())
        return std::unexpected(std::move(faults));
    return list;
}

std::vector<std::string> ipv4_prefix_choices() {
    std::vector<std::string> choices;
    for (unsigned prefix = 32; prefix > 0; --prefix) {
        std::uint32_t const mask = ~std::uint32_t{0} << (32 - prefix);
        std::string text = std::to_string(prefix) + " (";
        for (unsigned shift = 32; shift > 0; shift -= 8)
            text += std::to_string((mask >> (shift - 8)) & 0xFF) + (shift > 8 ? "." : ")");
        choices.push_back(std::move(text));
    }
    return choices;
}

}  // namespace millrace::ovagen
