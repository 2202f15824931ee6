// SPDX-License-Identifier: Apache-2.0
#include "broker/control/broker_defaults.hpp"

#include "broker/control/delivery_spec.hpp"
#include "common/base/yaml.hpp"

namespace millrace::broker {
namespace {

constexpr char const* key = "default-br-config";

void add(Faults& to, Faults const& faults) {
    to.insert(to.end(), faults.begin(), faults.end());
}

/// The member delivery, which must be one that a Broker may have; null where there is none.
Json read_delivery(Json const& value, std::string const& place, Faults& faults) {
    Json const* delivery = find_json(value, "delivery");
    if (delivery == nullptr || delivery->is_null())
        return {};
    // A dead letter sink without a namespace is in that of each Broker.
    auto const parsed = parse_delivery(
        {{"delivery", *delivery}}, {.place = place, .name_space = "default", .fallback = {}});
    if (!parsed)
        add(faults, parsed.error());
    return *delivery;
}

}  // namespace

BrokerDefaults::Defaults BrokerDefaults::read(
    Json const& value, std::string const& place, Faults& faults) {
    JsonReader reader(value, place);
    Defaults defaults;
    if (!value.is_object())
        reader.fault("", "must be a mapping.");
    defaults.broker_class = reader.optional_string("brokerClass");
    reader.optional_object("delivery");
    Json const* classes = reader.optional_object("brokerClasses");
    add(faults, reader.take_faults());
    defaults.delivery = read_delivery(value, place, faults);
    if (classes == nullptr)
        return defaults;
    for (auto const& [name, one] : classes->items())
        if (Json delivery = read_delivery(one, place + "/brokerClasses/" + name, faults);
            !delivery.is_null())
            defaults.of_class[name] = std::move(delivery);
    return defaults;
}

Checked<BrokerDefaults> BrokerDefaults::parse(Resource const& config_map) {
    std::string const place = "ConfigMap " + config_map.name().text() + " /data/" + key;
    std::string const text = string_at(config_map.object, std::string("data/") + key);
    if (text.empty())
        return std::unexpected(Faults{{place, "is missing or empty."}});
    auto const documents = parse_yaml(text, place);
    if (!documents)
        return std::unexpected(documents.error());
    if (documents->size() != 1 || !documents->front().value.is_object())
        return std::unexpected(Faults{{place, "must be one YAML mapping."}});
    Json const& config = documents->front().value;
    JsonReader reader(config, place);
    Json const* cluster = reader.optional_object("clusterDefault");
    Json const* namespaces = reader.optional_object("namespaceDefaults");
    Faults faults = reader.take_faults();
    BrokerDefaults defaults;
    if (cluster != nullptr)
        defaults.cluster_ = read(*cluster, place + " /clusterDefault", faults);
    if (namespaces != nullptr)
        for (auto const& [name, one] : namespaces->items())
            defaults.namespaces_[name] = read(one, place + " /namespaceDefaults/" + name, faults);
    if (!faults.empty())
        return std::unexpected(std::move(faults));
    return defaults;
}

std::string BrokerDefaults::broker_class(std::string const& name_space) const {
    auto const found = namespaces_.find(name_space);
    bool const is_said = found != namespaces_.end() && !found->second.broker_class.empty();
    return is_said ? found->second.broker_class : cluster_.broker_class;
}

Json const* BrokerDefaults::delivery(
    std::string const& name_space, std::string const& broker_class) const {
    if (auto const found = namespaces_.find(name_space); found != namespaces_.end()) {
        Defaults const& own = found->second;
        if (auto const of_class = own.of_class.find(broker_class); of_class != own.of_class.end())
            return &of_class->second;
        if (own.broker_class == broker_class && !own.delivery.is_null())
            return &own.delivery;
    }
    auto const of_class = cluster_.of_class.find(broker_class);
    if (of_class != cluster_.of_class.end())
        return &of_class->second;
    return cluster_.delivery.is_null() ? nullptr : &cluster_.delivery;
}

}  // namespace millrace::broker
