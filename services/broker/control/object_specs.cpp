// SPDX-License-Identifier: Apache-2.0
#include "broker/control/object_specs.hpp"

namespace millrace::broker {
namespace {

constexpr std::string_view class_annotation = "eventing.knative.dev/broker.class";
constexpr std::string_view our_class = "Millrace";

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

}  // namespace

bool is_ours(Resource const& broker) {
    std::string const name = broker.annotation(class_annotation);
    return name.empty() || name == our_class;
}

Checked<DeliverySpec> read_broker(Resource const& broker) {
    ResourceName const name = broker.name();
    return parse_delivery(
        broker.spec(),
        {.place = "Broker " + name.text(), .name_space = name.name_space, .fallback = {}});
}

std::string broker_of(Resource const& trigger) {
    return trigger.name().name_space + "/" + string_at(trigger.spec(), "broker", "default");
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
    return spec;
}

Checked<DeliverySpec> read_trigger_delivery(Resource const& trigger, DeliverySpec const& fallback) {
    ResourceName const name = trigger.name();
    return parse_delivery(
        trigger.spec(),
        {.place = "Trigger " + name.text(), .name_space = name.name_space, .fallback = fallback});
}

}  // namespace millrace::broker
