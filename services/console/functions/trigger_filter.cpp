// SPDX-License-Identifier: Apache-2.0
#include "console/functions/trigger_filter.hpp"

#include <algorithm>
#include <array>

#include "common/event/cloud_event.hpp"

namespace millrace::console {
namespace {

constexpr std::array<std::string_view, 3> operators = {"exact", "prefix", "suffix"};
constexpr std::size_t types_max = 50;
constexpr std::size_t attributes_max = 20;
constexpr std::size_t type_bytes_max = 200;
constexpr std::size_t value_bytes_max = 500;

/// {"exact": {"type": T}} alone.
std::optional<std::string> single_type(Json const& item) {
    Json const* exact = item.is_object() && item.size() == 1 ? find_json(item, "exact") : nullptr;
    bool const is_type = exact != nullptr && exact->is_object() && exact->size() == 1 &&
                         !string_at(*exact, "type").empty();
    return is_type ? std::optional(string_at(*exact, "type")) : std::nullopt;
}

/// {"any": [{"exact": {"type": A}}, ...]}
std::optional<std::vector<std::string>> any_types(Json const& item) {
    Json const* list = item.is_object() && item.size() == 1 ? find_json(item, "any") : nullptr;
    if (list == nullptr || !list->is_array())
        return std::nullopt;
    std::vector<std::string> types;
    for (Json const& one : *list) {
        auto type = single_type(one);
        if (!type)
            return std::nullopt;
        types.push_back(std::move(*type));
    }
    return types;
}

bool read_comparisons(Json const& item, TriggerFilter& filter) {
    if (!item.is_object() || item.size() != 1)
        return false;
    std::string const op = item.begin().key();
    Json const& members = item.front();
    if (std::ranges::find(operators, op) == operators.end() || !members.is_object())
        return false;
    for (auto const& [name, value] : members.items()) {
        if (!value.is_string() || string_at(value, "").empty())
            return false;
        filter.attributes.push_back({name, op, string_at(value, "")});
    }
    return true;
}

bool read_item(Json const& item, TriggerFilter& filter) {
    if (auto type = single_type(item)) {
        if (!filter.types.empty())
            return false;
        filter.types.push_back(std::move(*type));
        return true;
    }
    if (auto types = any_types(item)) {
        if (!filter.types.empty())
            return false;
        filter.types = std::move(*types);
        return true;
    }
    return read_comparisons(item, filter);
}

}  // namespace

std::optional<TriggerFilter> read_filter(Json const& spec) {
    TriggerFilter filter;
    Json const* filters = find_json(spec, "filters");
    if (filters != nullptr && filters->is_array() && !filters->empty()) {
        for (Json const& item : *filters)
            if (!read_item(item, filter))
                return std::nullopt;
        return filter;
    }
    Json const* attributes = find_json(spec, "filter/attributes");
    for (Json const* part : {filters, attributes})
        if (part != nullptr && !part->is_null() && !part->is_structured())
            return std::nullopt;
    if (filters != nullptr && filters->is_object() && !filters->empty())
        return std::nullopt;
    if (attributes == nullptr || !attributes->is_object())
        return filter;
    for (auto const& [name, value] : attributes->items()) {
        std::string const text = string_at(value, "");
        // An empty text means "present", which the form cannot say.
        if (text.empty())
            return std::nullopt;
        if (name == "type")
            filter.types.push_back(text);
        else
            filter.attributes.push_back({name, "exact", text});
    }
    return filter;
}

Json write_filters(TriggerFilter const& filter) {
    Json filters = Json::array();
    auto const exact_type = [](std::string const& type) {
        Json item = Json::object();
        item["exact"]["type"] = type;
        return item;
    };
    if (filter.types.size() == 1) {
        filters.push_back(exact_type(filter.types.front()));
    } else if (filter.types.size() > 1) {
        Json any = Json::array();
        for (std::string const& type : filter.types)
            any.push_back(exact_type(type));
        Json item = Json::object();
        item["any"] = std::move(any);
        filters.push_back(std::move(item));
    }
    for (auto const& comparison : filter.attributes) {
        Json item = Json::object();
        item[comparison.op][comparison.attribute] = comparison.value;
        filters.push_back(std::move(item));
    }
    return filters;
}

void set_filter(Resource& trigger, TriggerFilter const& filter) {
    Json& spec = trigger.object["spec"];
    spec.erase("filter");
    spec.erase("filters");
    Json filters = write_filters(filter);
    if (!filters.empty())
        spec["filters"] = std::move(filters);
}

Resource make_trigger(
    ResourceName const& name, std::string const& function, TriggerFilter const& filter) {
    Resource trigger;
    trigger.object["apiVersion"] = kinds::trigger.api_version();
    trigger.object["kind"] = kinds::trigger.kind;
    trigger.object["metadata"] = {{"name", name.name}, {"namespace", name.name_space}};
    trigger.object["spec"]["broker"] = "default";
    set_filter(trigger, filter);
    trigger.object["spec"]["subscriber"]["ref"] = {
        {"apiVersion", kinds::service.api_version()}, {"kind", "Service"}, {"name", function}};
    return trigger;
}

std::string free_trigger_name(std::vector<Resource> const& triggers, std::string const& function) {
    for (std::size_t number = 1;; ++number) {
        std::string name = number == 1 ? function : function + "-" + std::to_string(number);
        bool const taken = std::ranges::any_of(
            triggers, [&](Resource const& one) { return one.name().name == name; });
        if (!taken)
            return name;
    }
}

TriggerFilter filter_from_json(Json const& value, std::string const& at, FieldFaults& faults) {
    TriggerFilter filter;
    Json const* types = find_json(value, "types");
    Json const* attributes = find_json(value, "attributes");
    if (types == nullptr || !types->is_array() || types->size() > types_max)
        faults.push_back({at + "/types", "invalid", "must be a list of at most 50 types."});
    else
        for (Json const& type : *types) {
            std::string const text = string_at(type, "");
            if (text.empty() || text.size() > type_bytes_max)
                faults.push_back(
                    {at + "/types/" + std::to_string(filter.types.size()), "invalid",
                     "must be an event type, such as com.vmware.vsphere.VmPoweredOnEvent.v0."});
            filter.types.push_back(text);
        }
    if (attributes == nullptr || !attributes->is_array() || attributes->size() > attributes_max) {
        faults.push_back({at + "/attributes", "invalid", "must be a list of at most 20."});
        return filter;
    }
    for (Json const& item : *attributes) {
        TriggerFilter::Comparison one{
            string_at(item, "attribute"), string_at(item, "op"), string_at(item, "value")};
        std::string const here = at + "/attributes/" + std::to_string(filter.attributes.size());
        if (!is_attribute_name(one.attribute) || one.attribute.size() > 20)
            faults.push_back(
                {here + "/attribute", "invalid", "must be lower-case letters and digits."});
        if (std::ranges::find(operators, one.op) == operators.end())
            faults.push_back({here + "/op", "invalid", "must be exact, prefix or suffix."});
        if (one.value.empty() || one.value.size() > value_bytes_max)
            faults.push_back({here + "/value", "invalid", "must have 1 to 500 characters."});
        filter.attributes.push_back(std::move(one));
    }
    return filter;
}

Json filter_to_json(TriggerFilter const& filter) {
    Json json = Json::object();
    json["types"] = Json::array();
    for (std::string const& type : filter.types)
        json["types"].push_back(type);
    json["attributes"] = Json::array();
    for (auto const& comparison : filter.attributes) {
        Json item = Json::object();
        item["attribute"] = comparison.attribute;
        item["op"] = comparison.op;
        item["value"] = comparison.value;
        json["attributes"].push_back(std::move(item));
    }
    return json;
}

}  // namespace millrace::console
