// SPDX-License-Identifier: Apache-2.0
#include "broker/control/object_specs.hpp"

namespace millrace::broker {
namespace {

constexpr std::string_view class_annotation = "eventing.knative.dev/broker.class";
constexpr std::string_view dependency_annotation = "knative.dev/dependency";

template <class T>
T value_or_faults(Checked<T> checked, Faults& faults) {
    if (checked)
        return std::move(*checked);
    faults.insert(faults.end(), checked.error().begin(), checked.error().end());
    return T();
}

Checked<Destination> read_subscriber(Resource const& trigger, std::string const& place) {
    Json const* subscriber = find_json(trigger.spec(), "subscriber");
    if (subscriber == nullptr)
        return std::unexpected(Faults{{place, "is required: ref or uri."}});
    return parse_destination(*subscriber, place, trigger.name().name_space);
}

/// What is wrong with spec.brokerRef.
void check_broker_reference(Resource const& trigger, std::string const& place, Faults& faults) {
    Json const* value = find_json(trigger.spec(), "brokerRef");
    if (value == nullptr || value->is_null())
        return;
    auto const reference =
        parse_reference(*value, place + " /spec/brokerRef", trigger.name().name_space);
    if (!reference)
        faults.insert(faults.end(), reference.error().begin(), reference.error().end());
    else if (reference->kind != kinds::broker.kind)
        faults.push_back(
            {place + " /spec/brokerRef/kind", "must be Broker, not " + reference->kind + "."});
}

std::optional<Checked<ObjectReference>> read_dependency(Resource const& trigger) {
    std::string const text = trigger.annotation(dependency_annotation);
    if (text.empty())
        return std::nullopt;
    std::string const place = "annotation " + std::string(dependency_annotation);
    auto const value = parse_json(text);
    if (!value)
        return std::unexpected(Faults{{place, value.error().detail}});
    std::string const name_space = trigger.name().name_space;
    auto reference = parse_reference(*value, place, name_space);
    if (reference && reference->name_space != name_space)
        return std::unexpected(
            Faults{{place, "must be in the Trigger's namespace, " + name_space + "."}});
    return reference;
}

}  // namespace

std::string broker_class(Resource const& broker) {
    return broker.annotation(class_annotation);
}

Checked<DeliverySpec> read_broker(Resource const& broker, Json const* default_delivery) {
    ResourceName const name = broker.name();
    Json const* own = find_json(broker.spec(), "delivery");
    Json const* delivery = own == nullptr || own->is_null() ? default_delivery : own;
    Json spec = Json::object();
    if (delivery != nullptr)
        spec["delivery"] = *delivery;
    return parse_delivery(
        spec, {.place = "Broker " + name.text(), .name_space = name.name_space, .fallback = {}});
}

std::string broker_of(Resource const& trigger) {
    std::string const own = trigger.name().name_space;
    std::string const referred = string_at(trigger.spec(), "brokerRef/name");
    if (referred.empty())
        return own + "/" + string_at(trigger.spec(), "broker", "default");
    return string_at(trigger.spec(), "brokerRef/namespace", own) + "/" + referred;
}

TriggerSpec read_trigger(Resource const& trigger) {
    ResourceName const name = trigger.name();
    std::string const place = "Trigger " + name.text();
    TriggerSpec spec;
    spec.broker = broker_of(trigger);
    spec.filter = value_or_faults(Filter::parse(trigger.spec(), place), spec.faults);
    Json filter = Json::object();
    for (char const* member : {"filter", "filters"})
        if (Json const* value = find_json(trigger.spec(), member))
            filter[member] = *value;
    spec.filter_text = dump_json(filter);
    spec.subscriber =
        value_or_faults(read_subscriber(trigger, place + " /spec/subscriber"), spec.faults);
    check_broker_reference(trigger, place, spec.faults);
    spec.dependency = read_dependency(trigger);
    return spec;
}

Json read_part(Resource const& trigger) {
    ResourceName const name = trigger.name();
    Json metadata = {{"name", name.name}, {"namespace", name.name_space}, {"uid", trigger.uid()}};
    if (std::string const text = trigger.annotation(dependency_annotation); !text.empty())
        metadata["annotations"][dependency_annotation] = text;
    return {{"metadata", std::move(metadata)}, {"spec", trigger.spec()}};
}

std::set<ObjectReference> trigger_references(Resource const& trigger) {
    std::set<ObjectReference> references;
    if (auto const subscriber = read_subscriber(trigger, ""); subscriber && subscriber->ref)
        references.insert(*subscriber->ref);
    auto const delivery = read_trigger_delivery(trigger, {});
    if (delivery && delivery->dead_letter_sink && delivery->dead_letter_sink->ref)
        references.insert(*delivery->dead_letter_sink->ref);
    if (auto const dependency = read_dependency(trigger); dependency && *dependency)
        references.insert(**dependency);
    return references;
}

Checked<DeliverySpec> read_trigger_delivery(Resource const& trigger, DeliverySpec const& fallback) {
    ResourceName const name = trigger.name();
    return parse_delivery(
        trigger.spec(),
        {.place = "Trigger " + name.text(), .name_space = name.name_space, .fallback = fallback});
}

}  // namespace millrace::broker
