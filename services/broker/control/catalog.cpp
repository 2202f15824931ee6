// SPDX-License-Identifier: Apache-2.0
#include "broker/control/catalog.hpp"

#include "broker/control/conditions.hpp"
#include "common/base/assert.hpp"
#include "common/base/encoding.hpp"
#include "common/base/json_equality.hpp"

namespace millrace::broker {
namespace {

KindWords const broker_kind = KindWords::of(kinds::broker);
KindWords const trigger_kind = KindWords::of(kinds::trigger);

void add_faults(std::string& to, Faults const& faults) {
    if (faults.empty())
        return;
    if (!to.empty())
        to += '\n';
    to += to_string(faults);
}

/// Kubernetes' own kinds show no address, and Triggers have none.
bool can_have_address(KindWords const& kind) {
    return kind.api_version != "v1" && kind != trigger_kind;
}

Result<Address> shown_address(ShownObject const& shown, ObjectReference const& reference) {
    if (shown.address.empty())
        return failure(ErrorCode::unavailable, "The " + reference.text() + " has no address yet.");
    return Address{.url = shown.address, .authorities_pem = shown.authorities_pem};
}

std::shared_ptr<std::string const> authorities_of(Result<Address> const& address) {
    if (!address || address->authorities_pem.empty())
        return nullptr;
    return std::make_shared<std::string const>(address->authorities_pem);
}

ObjectReference reference_to(KindWords const& kind, ResourceName const& name) {
    return {
        .api_version = kind.api_version,
        .kind = kind.kind,
        .name_space = name.name_space,
        .name = name.name};
}

}  // namespace

bool WatchStanding::operator==(WatchStanding const& other) const {
    return has_told_all == other.has_told_all && problem.has_value() == other.problem.has_value() &&
           (!problem || problem->detail == other.problem->detail);
}

bool Catalog::put(KindWords const& kind, Resource resource) {
    if (kind == broker_kind)
        return put_broker(std::move(resource));
    if (kind == trigger_kind)
        return put_trigger(std::move(resource));
    if (!addresses_.put(kind, resource))
        return false;
    return forget_users(reference_to(kind, resource.name()));
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
    refer(name, known);
    forget_broker(name);
    return true;
}

void Catalog::refer(ResourceName const& name, Resource const& broker) {
    std::set<ObjectReference> references;
    auto const delivery = is_ours(broker) ? delivery_of(broker) : DeliverySpec{};
    if (delivery && delivery->dead_letter_sink && delivery->dead_letter_sink->ref)
        references.insert(*delivery->dead_letter_sink->ref);
    broker_references_.set(name, std::move(references));
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
    entry.object = dump_json(read_part(resource));
    entry.content = content;
    entry.route.reset();
    set_broker(*found, broker_of(resource));
    trigger_references_.set(name, trigger_references(resource));
    return true;
}

void Catalog::set_broker(Triggers::value_type& trigger, std::string broker) {
    TriggerEntry& entry = trigger.second;
    if (entry.broker != nullptr && *entry.broker == broker)
        return;
    if (entry.broker != nullptr) {
        auto const before = triggers_of_.find(*entry.broker);
        before->second.erase(&trigger.first);
        if (before->second.empty())
            triggers_of_.erase(before);
        entry.broker = nullptr;
    }
    if (broker.empty())
        return;
    auto const now = triggers_of_.try_emplace(std::move(broker)).first;
    now->second.insert(&trigger.first);
    entry.broker = &now->first;
}

void Catalog::remove(KindWords const& kind, ResourceName const& name) {
    if (kind == trigger_kind) {
        if (auto const found = triggers_.find(name); found != triggers_.end())
            set_broker(*found, {});
        trigger_references_.set(name, {});
        triggers_.erase(name);
        unreadable_.erase(name.text());
        unchecked_triggers_.erase(name);
    } else if (kind == broker_kind) {
        brokers_.erase(name);
        broker_references_.set(name, {});
        forget_broker(name);
    } else if (addresses_.remove(kind, name)) {
        forget_users(reference_to(kind, name));
    }
}

void Catalog::put_unreadable(
    KindWords const& kind, ResourceName const& name, Faults const& faults) {
    if (kind == trigger_kind && !triggers_.contains(name))
        unreadable_[name.text()] = to_sentences(faults);
}

bool Catalog::set_defaults(BrokerDefaults defaults) {
    if (defaults == defaults_)
        return false;
    defaults_ = std::move(defaults);
    for (auto const& [name, broker] : brokers_) {
        refer(name, broker);
        forget_broker(name);
    }
    return true;
}

void Catalog::forget_broker(ResourceName const& name) {
    unchecked_brokers_.insert(name);
    if (auto const found = triggers_of_.find(name.text()); found != triggers_of_.end())
        for (ResourceName const* const trigger : found->second)
            forget_trigger(*trigger);
    for (ResourceName const& trigger :
         trigger_references_.users_of(reference_to(broker_kind, name)))
        forget_trigger(trigger);
}

void Catalog::forget_trigger(ResourceName const& name) {
    triggers_.at(name).route.reset();
    unchecked_triggers_.insert(name);
}

bool Catalog::forget_users(ObjectReference const& reference) {
    auto const& brokers = broker_references_.users_of(reference);
    auto const& triggers = trigger_references_.users_of(reference);
    for (ResourceName const& broker : brokers)
        forget_broker(broker);
    for (ResourceName const& trigger : triggers)
        forget_trigger(trigger);
    return !brokers.empty() || !triggers.empty();
}

std::set<KindWords> Catalog::referred_kinds() const {
    std::set<KindWords> kinds = broker_references_.kinds();
    kinds.merge(trigger_references_.kinds());
    std::erase_if(kinds, [](KindWords const& kind) {
        return kind == broker_kind || !can_have_address(kind);
    });
    return kinds;
}

bool Catalog::set_standing(KindWords const& kind, WatchStanding standing) {
    WatchStanding& known = standings_[kind];
    if (known == standing)
        return false;
    known = std::move(standing);
    // What was told of an object holds; it is the others that nothing may be known of any more.
    bool is_followed = false;
    for (ReferenceIndex const* index : {&broker_references_, &trigger_references_})
        for (ObjectReference const& reference : index->references_to(kind))
            if (addresses_.find(reference) == nullptr)
                is_followed = forget_users(reference) || is_followed;
    return is_followed;
}

void Catalog::forget_kind(KindWords const& kind) {
    addresses_.forget(kind);
    standings_.erase(kind);
}

std::string Catalog::unknown_yet() const {
    for (KindWords const& kind : {broker_kind, trigger_kind}) {
        auto const found = standings_.find(kind);
        if (found != standings_.end() && found->second.has_told_all)
            continue;
        if (found != standings_.end() && found->second.problem)
            return "The " + kind.kind + "s cannot be read: " + found->second.problem->detail;
        return "The " + kind.kind + "s have not been read yet.";
    }
    std::set<KindWords> kinds = referred_kinds();
    kinds.insert(KindWords::of(kinds::config_map));
    for (KindWords const& kind : kinds)
        if (!standings_.contains(kind))
            return "The objects " + kind.text() + " have not been read yet.";
    return {};
}

bool Catalog::is_ours(Resource const& broker) const {
    return class_of(broker) == our_class;
}

std::string Catalog::class_of(Resource const& broker) const {
    std::string name = broker_class(broker);
    if (name.empty())
        name = defaults_.broker_class(broker.name().name_space);
    return name.empty() ? fallback_class_ : name;
}

Checked<DeliverySpec> Catalog::delivery_of(Resource const& broker) const {
    return read_broker(broker, defaults_.delivery(broker.name().name_space, class_of(broker)));
}

std::string Catalog::broker_url(ResourceName const& name) const {
    return base_url_ + "/" + name.text();
}

Result<Address> Catalog::broker_address(ObjectReference const& reference) const {
    ResourceName const name{reference.name_space, reference.name};
    auto const found = brokers_.find(name);
    if (found == brokers_.end())
        return failure(ErrorCode::not_found, "The " + reference.text() + " does not exist.");
    if (is_ours(found->second))
        return Address{.url = broker_url(name), .authorities_pem = {}};
    return shown_address(ShownObject::of(found->second), reference);
}

Error Catalog::absence_of(ObjectReference const& reference) const {
    auto const found = standings_.find(reference.words());
    bool const is_silent =
        found == standings_.end() || (!found->second.has_told_all && !found->second.problem);
    if (is_silent)
        return {ErrorCode::timed_out, "Nothing is known of the " + reference.text() + " yet."};
    if (!found->second.problem)
        return {ErrorCode::not_found, "The " + reference.text() + " does not exist."};
    Error const& problem = *found->second.problem;
    std::string const sentence =
        "The " + reference.text() + " cannot be looked at: " + problem.detail;
    switch (problem.code) {
        case ErrorCode::not_found:
            return {ErrorCode::unsupported, sentence};
        case ErrorCode::invalid:
            return {ErrorCode::invalid, sentence};
        case ErrorCode::forbidden:
        case ErrorCode::unauthenticated:
            return {ErrorCode::forbidden, sentence};
        default:
            return {ErrorCode::timed_out, sentence};
    }
}

Result<Address> Catalog::address_of(ObjectReference const& reference) const {
    if (reference.api_version == "v1" && reference.kind == "Service")
        return Address{
            .url = "http://" + reference.name + "." + reference.name_space + ".svc.cluster.local",
            .authorities_pem = {}};
    if (reference.words() == broker_kind)
        return broker_address(reference);
    if (!can_have_address(reference.words()))
        return failure(
            ErrorCode::invalid, "The address of a " + reference.api_version + " " + reference.kind +
                                    " cannot be looked up; give its uri.");
    ShownObject const* shown = addresses_.find(reference);
    if (shown == nullptr)
        return std::unexpected(absence_of(reference));
    return shown_address(*shown, reference);
}

Condition Catalog::readiness_of(Checked<ObjectReference> const& dependency) const {
    if (!dependency)
        return {"False", "ReferenceError", to_sentences(dependency.error())};
    std::string const text = "The " + dependency->text();
    if (dependency->words() == broker_kind || !can_have_address(dependency->words()))
        return {"False", "ReferenceError", text + " is of a kind that cannot be depended on."};
    ShownObject const* shown = addresses_.find(*dependency);
    if (shown == nullptr) {
        Error const absence = absence_of(*dependency);
        if (absence.code == ErrorCode::not_found)
            return {"False", "DependencyDoesNotExist", absence.detail};
        return {"Unknown", "DependencyGetFailed", absence.detail};
    }
    if (!shown->is_observed)
        return {"Unknown", "GenerationNotEqual", text + " has changed and says nothing of it yet."};
    Condition ready = shown->ready;
    if (ready.state == "True")
        return ready;
    if (ready.state != "False")
        ready.state = "Unknown";
    if (ready.reason.empty())
        ready.reason = "DependencyNotReady";
    if (ready.message.empty())
        ready.message = text + " is not ready.";
    return ready;
}

BrokerRoute Catalog::route_of(Resource const& broker) const {
    ResourceName const name = broker.name();
    BrokerRoute route{.broker = name.text(), .url = broker_url(name)};
    if (auto delivery = delivery_of(broker))
        route.delivery = std::move(*delivery);
    else
        add_faults(route.fault, delivery.error());
    if (route.delivery.dead_letter_sink)
        route.dead_letter = resolve(
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
    route->broker_exists = broker != nullptr;
    route->broker_ready = broker != nullptr && broker->fault.empty();
    auto const checked =
        read_trigger_delivery(object, broker == nullptr ? DeliverySpec{} : broker->delivery);
    if (!checked)
        spec.faults.insert(spec.faults.end(), checked.error().begin(), checked.error().end());
    route->spec_fault = to_string(spec.faults);
    if (broker == nullptr)
        route->fault = "The Broker " + route->broker + " does not exist.";
    add_faults(route->fault, spec.faults);
    DeliverySpec const delivery = checked ? *checked : DeliverySpec{};
    route->filter = std::move(spec.filter);
    route->filter_text = std::move(spec.filter_text);
    if (spec.subscriber.ref) {
        route->subscriber_kind = spec.subscriber.ref->kind;
        route->subscriber_name = spec.subscriber.ref->name;
    }
    route->retry = delivery.retry;
    route->format = delivery.format;
    auto const lookup = [this](ObjectReference const& reference) { return address_of(reference); };
    auto const subscriber = resolve(spec.subscriber, lookup);
    route->subscriber_url = url_of(subscriber);
    route->subscriber_authorities = authorities_of(subscriber);
    if (delivery.dead_letter_sink) {
        auto const sink = resolve(*delivery.dead_letter_sink, lookup);
        route->dead_letter_url = std::make_shared<Result<std::string> const>(url_of(sink));
        route->dead_letter_authorities = authorities_of(sink);
    }
    if (spec.dependency)
        route->dependency = std::make_shared<Condition const>(readiness_of(*spec.dependency));
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
        std::string const name_of_broker = entry.broker == nullptr ? "" : *entry.broker;
        if (foreign.contains(name_of_broker))
            continue;
        auto const broker = ours.find(name_of_broker);
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
    // Where another version than the one in force was read, its watch tells it soon.
    std::uint64_t const content = content_hash(object);
    if (kind == kinds::broker) {
        auto const found = brokers_.find(object.name());
        if (found == brokers_.end() || content_hash(found->second) != content || !is_ours(object))
            return std::nullopt;
        wanted = broker_status(object, route_of(object));
    } else {
        auto const found = triggers_.find(object.name());
        if (found == triggers_.end() || !found->second.route || found->second.content != content)
            return std::nullopt;
        wanted = trigger_status(object, *found->second.route);
    }
    // A server gives members back in an order of its own.
    if (says_the_same(wanted, object.status()))
        return std::nullopt;
    return wanted;
}

}  // namespace millrace::broker
