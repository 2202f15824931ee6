// SPDX-License-Identifier: Apache-2.0
#include "broker/control/catalog.hpp"

#include "broker/control/conditions.hpp"
#include "common/base/assert.hpp"

namespace millrace::broker {
namespace {

void add_faults(std::string& to, Faults const& faults) {
    if (faults.empty())
        return;
    if (!to.empty())
        to += '\n';
    to += to_string(faults);
}

}  // namespace

Catalog::Objects& Catalog::objects_of(ResourceKind const& kind) {
    if (kind == kinds::broker)
        return brokers_;
    if (kind == kinds::trigger)
        return triggers_;
    MILLRACE_ASSERT(kind == kinds::service);
    return services_;
}

void Catalog::put(ResourceKind const& kind, Resource resource) {
    ResourceName const name = resource.name();
    objects_of(kind)[name] = std::move(resource);
}

void Catalog::remove(ResourceKind const& kind, ResourceName const& name) {
    objects_of(kind).erase(name);
}

std::string Catalog::broker_url(ResourceName const& name) const {
    return base_url_ + "/" + name.text();
}

Result<std::string> Catalog::address_of(ObjectReference const& reference) const {
    ResourceName const name{reference.name_space, reference.name};
    std::string const text = reference.kind + " " + name.text();
    if (reference.api_version == "v1" && reference.kind == "Service")
        return "http://" + name.name + "." + name.name_space + ".svc.cluster.local";
    if (reference.kind == kinds::broker.kind &&
        reference.api_version == kinds::broker.api_version()) {
        auto const found = brokers_.find(name);
        if (found == brokers_.end())
            return failure(ErrorCode::not_found, "The " + text + " does not exist.");
        if (is_ours(found->second))
            return broker_url(name);
        std::string url = string_at(found->second.status(), "address/url");
        if (url.empty())
            return failure(ErrorCode::unavailable, "The " + text + " has no address yet.");
        return url;
    }
    bool const is_function = reference.kind == kinds::service.kind &&
                             reference.api_version == kinds::service.api_version();
    if (!is_function)
        return failure(
            ErrorCode::invalid, "The address of a " + reference.api_version + " " + reference.kind +
                                    " cannot be looked up; give its uri.");
    auto const found = services_.find(name);
    if (found == services_.end())
        return failure(ErrorCode::not_found, "The " + text + " does not exist.");
    std::string url = string_at(found->second.status(), "address/url");
    if (url.empty())
        return failure(ErrorCode::unavailable, "The " + text + " has no address yet.");
    return url;
}

BrokerRoute Catalog::route_of(Resource const& broker) const {
    ResourceName const name = broker.name();
    BrokerRoute route{.broker = name.text(), .url = broker_url(name)};
    if (auto delivery = read_broker(broker))
        route.delivery = std::move(*delivery);
    else
        add_faults(route.fault, delivery.error());
    if (route.delivery.dead_letter_sink)
        route.dead_letter_url = resolve(
            *route.delivery.dead_letter_sink,
            [this](ObjectReference const& reference) { return address_of(reference); });
    return route;
}

TriggerRoute Catalog::trigger_route(Resource const& trigger, BrokerRoute const* broker) const {
    ResourceName const name = trigger.name();
    TriggerRoute route{.trigger = name.text()};
    route.broker = name.name_space + "/" + string_at(trigger.spec(), "broker", "default");
    route.broker_ready = broker != nullptr && broker->fault.empty();
    if (broker == nullptr)
        route.fault = "The Broker " + route.broker + " does not exist.";
    TriggerSpec spec = read_trigger(trigger, broker == nullptr ? DeliverySpec{} : broker->delivery);
    add_faults(route.fault, spec.faults);
    route.filter = std::move(spec.filter);
    route.subscriber = std::move(spec.subscriber);
    route.retry = spec.delivery.retry;
    auto const lookup = [this](ObjectReference const& reference) { return address_of(reference); };
    route.subscriber_url = resolve(route.subscriber, lookup);
    if (spec.delivery.dead_letter_sink)
        route.dead_letter_url = resolve(*spec.delivery.dead_letter_sink, lookup);
    return route;
}

std::vector<BrokerRoute> Catalog::brokers() const {
    std::vector<BrokerRoute> routes;
    for (auto const& [name, broker] : brokers_)
        if (is_ours(broker))
            routes.push_back(route_of(broker));
    return routes;
}

std::vector<TriggerRoute> Catalog::triggers() const {
    std::map<std::string, BrokerRoute> ours;
    for (BrokerRoute& route : brokers())
        ours.emplace(route.broker, std::move(route));
    std::vector<TriggerRoute> routes;
    for (auto const& [name, trigger] : triggers_) {
        ResourceName const broker{name.name_space, string_at(trigger.spec(), "broker", "default")};
        auto const found = ours.find(broker.text());
        bool const is_others = found == ours.end() && brokers_.contains(broker);
        if (is_others)
            continue;
        routes.push_back(trigger_route(trigger, found == ours.end() ? nullptr : &found->second));
    }
    return routes;
}

std::vector<Catalog::WantedStatus> Catalog::changed_statuses() const {
    std::vector<WantedStatus> changed;
    auto const add = [&changed](ResourceKind const& kind, Resource const& object, Json status) {
        if (status != object.status())
            changed.push_back({.kind = &kind, .name = object.name(), .status = std::move(status)});
    };
    for (auto const& [name, broker] : brokers_)
        if (is_ours(broker))
            add(kinds::broker, broker, broker_status(broker, route_of(broker)));
    for (TriggerRoute const& route : triggers()) {
        std::size_t const slash = route.trigger.find('/');
        auto const found =
            triggers_.find({route.trigger.substr(0, slash), route.trigger.substr(slash + 1)});
        if (found != triggers_.end())
            add(kinds::trigger, found->second, trigger_status(found->second, route));
    }
    return changed;
}

}  // namespace millrace::broker
