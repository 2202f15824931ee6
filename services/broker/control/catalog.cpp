// SPDX-License-Identifier: Apache-2.0
#include "broker/control/catalog.hpp"

#include "broker/control/conditions.hpp"
#include "common/base/assert.hpp"
#include "common/base/encoding.hpp"

namespace millrace::broker {
namespace {

void add_faults(std::string& to, Faults const& faults) {
    if (faults.empty())
        return;
    if (!to.empty())
        to += '\n';
    to += to_string(faults);
}

/// What route_of(TriggerEntry) reads of a Trigger.
Json route_part(Resource const& trigger) {
    ResourceName const name = trigger.name();
    return {
        {"metadata", {{"name", name.name}, {"namespace", name.name_space}, {"uid", trigger.uid()}}},
        {"spec", trigger.spec()}};
}

}  // namespace

bool Catalog::put(ResourceKind const& kind, Resource resource) {
    if (kind == kinds::broker)
        return put_broker(std::move(resource));
    if (kind == kinds::trigger)
        return put_trigger(std::move(resource));
    MILLRACE_ASSERT(kind == kinds::service);
    return put_service(std::move(resource));
}

bool Catalog::put_broker(Resource resource) {
    ResourceName const name = resource.name();
    auto const [found, is_new] = brokers_.try_emplace(name);
    Resource& known = found->second;
    bool const is_foreign = !is_ours(resource);
    bool const is_same = !is_new && content_hash(known) == content_hash(resource) &&
                         (!is_foreign || known.status() == resource.status());
    known = std::move(resource);
    unchecked_brokers_.insert(name);
    if (is_same)
        return false;
    forget_routes();
    return true;
}

bool Catalog::put_trigger(Resource resource) {
    ResourceName const name = resource.name();
    unreadable_.erase(name.text());
    auto const [found, is_new] = triggers_.try_emplace(name);
    TriggerEntry& entry = found->second;
    std::uint64_t const content = content_hash(resource);
    bool const is_same = !is_new && entry.content == content;
    if (is_same) {
        // Our own status comes back as a change: it is looked at here, not read once more.
        if (!entry.route || wanted_status(kinds::trigger, resource))
            unchecked_triggers_.insert(name);
        return false;
    }
    unchecked_triggers_.insert(name);
    entry.object = dump_json(route_part(resource));
    entry.content = content;
    entry.broker = broker_of(resource);
    entry.route.reset();
    return true;
}

bool Catalog::put_service(Resource resource) {
    std::string address = string_at(resource.status(), "address/url");
    auto const [found, is_new] = services_.try_emplace(resource.name());
    if (!is_new && found->second == address)
        return false;
    found->second = std::move(address);
    forget_routes();
    return true;
}

void Catalog::remove(ResourceKind const& kind, ResourceName const& name) {
    if (kind == kinds::trigger) {
        triggers_.erase(name);
        unreadable_.erase(name.text());
        unchecked_triggers_.erase(name);
        return;
    }
    if (kind == kinds::broker) {
        brokers_.erase(name);
        unchecked_brokers_.erase(name);
    } else {
        services_.erase(name);
    }
    forget_routes();
}

void Catalog::put_unreadable(
    ResourceKind const& kind, ResourceName const& name, Faults const& faults) {
    if (kind == kinds::trigger && !triggers_.contains(name))
        unreadable_[name.text()] = to_sentences(faults);
}

void Catalog::forget_routes() {
    for (auto& [name, entry] : triggers_) {
        entry.route.reset();
        unchecked_triggers_.insert(name);
    }
    for (auto const& [name, broker] : brokers_)
        unchecked_brokers_.insert(name);
}

std::string Catalog::broker_url(ResourceName const& name) const {
    return base_url_ + "/" + name.text();
}

Result<std::string> Catalog::address_of(ObjectReference const& reference) const {
    ResourceName const name{reference.name_space, reference.name};
    std::string const text = reference.kind + " " + name.text();
    auto missing = failure(ErrorCode::not_found, "The " + text + " does not exist.");
    auto without = failure(ErrorCode::unavailable, "The " + text + " has no address yet.");
    if (reference.api_version == "v1" && reference.kind == "Service")
        return "http://" + name.name + "." + name.name_space + ".svc.cluster.local";
    if (reference.kind == kinds::broker.kind &&
        reference.api_version == kinds::broker.api_version()) {
        auto const found = brokers_.find(name);
        if (found == brokers_.end())
            return missing;
        if (is_ours(found->second))
            return broker_url(name);
        std::string url = string_at(found->second.status(), "address/url");
        return url.empty() ? Result<std::string>(without) : url;
    }
    bool const is_function = reference.kind == kinds::service.kind &&
                             reference.api_version == kinds::service.api_version();
    if (!is_function)
        return failure(
            ErrorCode::invalid, "The address of a " + reference.api_version + " " + reference.kind +
                                    " cannot be looked up; give its uri.");
    auto const found = services_.find(name);
    if (found == services_.end())
        return missing;
    return found->second.empty() ? Result<std::string>(without) : found->second;
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

TriggerRouteRef Catalog::route_of(TriggerEntry const& entry, BrokerRoute const* broker) const {
    auto parsed = parse_json(entry.object);
    MILLRACE_ASSERT(parsed.has_value());  // it was written by dump_json
    Resource const object{.object = std::move(*parsed)};
    TriggerSpec spec = read_trigger(object);
    auto route = std::make_shared<TriggerRoute>();
    route->trigger = object.name().text();
    route->uid = object.uid();
    route->broker = spec.broker;
    route->broker_ready = broker != nullptr && broker->fault.empty();
    if (broker == nullptr)
        route->fault = "The Broker " + route->broker + " does not exist.";
    add_faults(route->fault, spec.faults);
    auto const checked =
        read_trigger_delivery(object, broker == nullptr ? DeliverySpec{} : broker->delivery);
    if (!checked)
        add_faults(route->fault, checked.error());
    DeliverySpec const delivery = checked ? *checked : DeliverySpec{};
    route->filter = std::move(spec.filter);
    route->filter_text = std::move(spec.filter_text);
    if (spec.subscriber.ref) {
        route->subscriber_kind = spec.subscriber.ref->kind;
        route->subscriber_name = spec.subscriber.ref->name;
    }
    route->retry = delivery.retry;
    auto const lookup = [this](ObjectReference const& reference) { return address_of(reference); };
    route->subscriber_url = resolve(spec.subscriber, lookup);
    if (delivery.dead_letter_sink)
        route->dead_letter_url = resolve(*delivery.dead_letter_sink, lookup);
    return route;
}

std::vector<BrokerRoute> Catalog::brokers() const {
    std::vector<BrokerRoute> routes;
    for (auto const& [name, broker] : brokers_)
        if (is_ours(broker))
            routes.push_back(route_of(broker));
    return routes;
}

std::vector<TriggerRouteRef> Catalog::triggers() {
    std::map<std::string, BrokerRoute> ours;
    std::set<std::string> foreign;
    for (auto const& [name, broker] : brokers_)
        if (is_ours(broker))
            ours.emplace(name.text(), route_of(broker));
        else
            foreign.insert(name.text());
    std::vector<TriggerRouteRef> routes;
    for (auto& [name, entry] : triggers_) {
        if (foreign.contains(entry.broker))
            continue;
        auto const broker = ours.find(entry.broker);
        if (!entry.route)
            entry.route = route_of(entry, broker == ours.end() ? nullptr : &broker->second);
        routes.push_back(entry.route);
    }
    return routes;
}

std::optional<Catalog::ObjectKey> Catalog::take_unchecked() {
    while (!unchecked_brokers_.empty()) {
        auto name = unchecked_brokers_.extract(unchecked_brokers_.begin()).value();
        auto const found = brokers_.find(name);
        if (found != brokers_.end() && is_ours(found->second))
            return ObjectKey{.kind = &kinds::broker, .name = std::move(name)};
    }
    // One without a route waits for it; one of another class's broker never has one, and its status
    // is not ours to write.
    for (auto at = unchecked_triggers_.begin(); at != unchecked_triggers_.end(); ++at)
        if (auto const found = triggers_.find(*at); found != triggers_.end() && found->second.route)
            return ObjectKey{
                .kind = &kinds::trigger, .name = unchecked_triggers_.extract(at).value()};
    return std::nullopt;
}

std::optional<Json> Catalog::wanted_status(ResourceKind const& kind, Resource const& object) {
    Json wanted;
    if (kind == kinds::broker) {
        if (!is_ours(object))
            return std::nullopt;
        wanted = broker_status(object, route_of(object));
    } else {
        auto const found = triggers_.find(object.name());
        if (found == triggers_.end() || !found->second.route)
            return std::nullopt;
        wanted = trigger_status(object, *found->second.route);
    }
    if (wanted == object.status())
        return std::nullopt;
    return wanted;
}

}  // namespace millrace::broker
