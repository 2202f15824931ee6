// SPDX-License-Identifier: Apache-2.0
#include "broker/control/controller.hpp"

#include "common/base/log.hpp"

namespace millrace::broker {
namespace {

/// Objects are often written many at a time. What they change is put in force together, so that
/// events and probes are answered in between.
constexpr milliseconds gather_time = 50ms;
constexpr std::size_t concurrent_statuses = 4;

KindWords const config_map_kind = KindWords::of(kinds::config_map);

}  // namespace

Controller::Controller(asio::any_io_executor executor, ResourceStore& store, Changed changed)
    : store_(store),
      changed_(std::move(changed)),
      news_(
          {.changed =
               [this](KindWords const& kind, WatchEvent event) { take(kind, std::move(event)); },
           .hindered =
               [this](KindWords const& kind, std::optional<Error> problem) {
                   take_hindrance(kind, std::move(problem));
               }}),
      changes_(executor),
      events_(executor, store, "millrace-broker"),
      referred_(
          executor, store, news_, [this](KindWords const& kind) { catalog_.forget_kind(kind); }),
      broker_statuses_(
          executor, {.name = "broker statuses", .concurrent_max = concurrent_statuses},
          [this](ResourceName name) { return write_status(kinds::broker, std::move(name)); }),
      trigger_statuses_(
          executor, {.name = "trigger statuses", .concurrent_max = concurrent_statuses},
          [this](ResourceName name) { return write_status(kinds::trigger, std::move(name)); }),
      tasks_(executor) {}

void Controller::start(ControllerOptions options) {
    catalog_.set_base_url(std::move(options.base_url));
    catalog_.set_fallback_class(std::move(options.fallback_class));
    for (ResourceKind const* kind : {&kinds::broker, &kinds::trigger})
        tasks_.spawn_essential(
            "watch " + kind->folder(), follow_kind(store_, KindWords::of(*kind), {}, news_));
    Selector defaults{
        .name_space = options.defaults.name_space, .name = options.defaults.name, .labels = {}};
    tasks_.spawn_essential(
        "watch defaults", follow_kind(store_, config_map_kind, std::move(defaults), news_));
    tasks_.spawn_essential("watch what is referred to", referred_.run());
    tasks_.spawn_essential("put triggers in force", put_in_force());
    if (options.keeps_events)
        tasks_.spawn_essential("write events", events_.run());
    broker_statuses_.start();
    trigger_statuses_.start();
}

std::string Controller::not_synced_reason() const {
    if (is_in_force_)
        return {};
    std::string reason = catalog_.unknown_yet();
    return reason.empty() ? "The Triggers are being put in force." : reason;
}

void Controller::take(KindWords const& kind, WatchEvent event) {
    bool is_changed = true;
    switch (event.type) {
        case WatchEvent::Type::added:
            is_changed = put(kind, std::move(event.resource));
            break;
        case WatchEvent::Type::deleted:
            if (kind == config_map_kind)
                is_changed = catalog_.set_defaults({});
            else
                catalog_.remove(kind, event.name);
            break;
        case WatchEvent::Type::synced:
            is_changed =
                catalog_.set_standing(kind, {.has_told_all = true, .problem = std::nullopt});
            break;
        case WatchEvent::Type::invalid:
            log::error(
                "An object cannot be read; what it was before stays in force.",
                {{"kind", kind.kind},
                 {"name", event.name.text()},
                 {"faults", to_string(event.faults)}});
            if (kind == config_map_kind)
                defaults_problem_ = to_string(event.faults);
            catalog_.put_unreadable(kind, event.name, event.faults);
            break;
    }
    note_change(is_changed);
}

void Controller::take_hindrance(KindWords const& kind, std::optional<Error> problem) {
    auto const known = catalog_.standings().find(kind);
    bool const has_told_all = known != catalog_.standings().end() && known->second.has_told_all;
    note_change(
        catalog_.set_standing(kind, {.has_told_all = has_told_all, .problem = std::move(problem)}));
}

bool Controller::put(KindWords const& kind, Resource resource) {
    if (kind == config_map_kind)
        return put_defaults(resource);
    return catalog_.put(kind, std::move(resource));
}

bool Controller::put_defaults(Resource const& config_map) {
    auto defaults = BrokerDefaults::parse(config_map);
    if (!defaults) {
        defaults_problem_ = to_string(defaults.error());
        log::error(
            "The defaults of Brokers cannot be read; those before stay in force.",
            {{"faults", defaults_problem_}});
        return false;
    }
    defaults_problem_.clear();
    return catalog_.set_defaults(std::move(*defaults));
}

void Controller::note_change(bool is_changed) {
    is_changed_ = is_changed_ || is_changed;
    referred_.follow(catalog_.referred_kinds());
    if (!catalog_.unknown_yet().empty() && !is_in_force_)
        return;
    // What is to be put in force first is looked at then.
    if (is_changed_)
        changes_.notify();
    else
        check_statuses();
}

Task<void> Controller::put_in_force() {
    for (;;) {
        while (!is_changed_ || (!is_in_force_ && !catalog_.unknown_yet().empty()))
            if (auto const woken = co_await changes_.wait(); !woken)
                co_return;
        is_changed_ = false;
        changed_(catalog_);
        is_in_force_ = true;
        check_statuses();
        if (auto const slept = co_await sleep_for(gather_time); !slept)
            co_return;
    }
}

/// What is not in force yet has no status to show.
void Controller::check_statuses() {
    if (!is_in_force_)
        return;
    while (auto const key = catalog_.take_unchecked())
        (*key->kind == kinds::broker ? broker_statuses_ : trigger_statuses_).add(key->name);
}

/// That it became ready or ceased to be, or why it is not, is news; what is only shown anew is not.
void Controller::tell_readiness(
    ResourceKind const& kind, Resource const& object, Json const& status) {
    Condition const before = condition(object.status(), "Ready");
    Condition const now = condition(status, "Ready");
    bool const is_same = before.state == now.state && before.message == now.message;
    if (is_same || now.state == "Unknown" || (now.state == "True" && before.state == "Unknown"))
        return;
    bool const is_ready = now.state == "True";
    events_.record(
        {.kind = KindWords::of(kind),
         .name = object.name(),
         .uid = object.uid(),
         .type = is_ready ? ObjectNews::Type::normal : ObjectNews::Type::warning,
         .reason = is_ready ? "Ready" : now.reason,
         .message = is_ready ? "It is ready." : now.message});
}

Task<Result<Reconciler::InLine>> Controller::write_status(
    ResourceKind const& kind, ResourceName name) {
    auto const object = co_await store_.get(kind, name);
    if (!object) {
        // One that is gone needs none; one that cannot be used keeps the one it has, and its watch
        // tells when it can be.
        ErrorCode const code = object.error().code;
        if (code == ErrorCode::invalid || code == ErrorCode::not_found)
            co_return Reconciler::InLine();
        co_return std::unexpected(object.error());
    }
    if (auto wanted = catalog_.wanted_status(kind, *object)) {
        auto const put = co_await store_.put_status(kind, name, *wanted, object->uid());
        if (!put && put.error().code != ErrorCode::not_found)
            co_return std::unexpected(put.error());
        if (put)
            tell_readiness(kind, *object, *wanted);
    }
    co_return Reconciler::InLine();
}

Task<void> Controller::stop() {
    co_await tasks_.stop();
    co_await referred_.stop();
    co_await broker_statuses_.stop();
    co_await trigger_statuses_.stop();
}

}  // namespace millrace::broker
