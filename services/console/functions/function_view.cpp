// SPDX-License-Identifier: Apache-2.0
#include "console/functions/function_view.hpp"

#include <algorithm>
#include <cstdio>
#include <optional>

#include "common/base/encoding.hpp"
#include "common/function/recipe.hpp"
#include "console/functions/trigger_filter.hpp"

namespace millrace::console {
namespace {

Json const* find_named(Json const& items, std::string_view key, std::string const& name) {
    for (Json const& item : items)
        if (string_at(item, key) == name)
            return &item;
    return nullptr;
}

std::string message_of(Json const& status, std::string_view type) {
    Json const* conditions = find_json(status, "conditions");
    if (conditions == nullptr || !conditions->is_array())
        return {};
    for (Json const& condition : *conditions)
        if (string_at(condition, "type") == type)
            return string_at(condition, "message");
    return {};
}

/// Ready of a function's Trigger. That the function had no address when the broker looked is no
/// failure: the broker looks again as soon as there is one.
std::string trigger_state(Resource const& trigger) {
    Json const& status = trigger.status();
    std::string state = condition_state(status, "Ready");
    bool const waits = condition_state(status, "SubscriberResolved") == "False" &&
                       condition_state(status, "SubscriptionReady") != "False" &&
                       condition_state(status, "BrokerReady") != "False";
    return state == "False" && waits ? "Unknown" : state;
}

struct Health {
    std::string state;
    std::string cause;
};

/// Why none of the function's triggers can bring it an event; empty if one can.
std::string trigger_problem(std::vector<Resource const*> const& triggers) {
    if (triggers.empty())
        return "No trigger brings it events. Add one on the Triggers tab.";
    for (Resource const* trigger : triggers)
        if (trigger_state(*trigger) != "False")
            return {};
    std::string const reason = message_of(triggers.front()->status(), "Ready");
    return reason.empty() ? "None of its triggers is ready." : reason;
}

/// The newest revision where it does not load and an older one goes on serving.
struct Broken {
    std::string revision;
    std::string serving;
    std::string cause;
};

std::optional<Broken> broken_revision(Json const* hosted) {
    if (hosted == nullptr || string_at(*hosted, "state") != "Error")
        return std::nullopt;
    Broken broken{
        string_at(*hosted, "latestRevision"), string_at(*hosted, "revision"),
        string_at(*hosted, "cause")};
    if (broken.serving.empty() || broken.revision == broken.serving)
        return std::nullopt;
    std::string const prefix = "Revision " + broken.revision + " cannot be loaded: ";
    if (broken.cause.starts_with(prefix))
        broken.cause.erase(0, prefix.size());
    return broken;
}

Health health_of(
    FunctionFacts const& facts, Json const* hosted, std::vector<Resource const*> const& triggers) {
    if (!facts.host_problem.empty())
        return {"Error", facts.host_problem};
    if (hosted == nullptr)
        return {"Starting", "What runs functions has not seen it yet."};
    if (auto const broken = broken_revision(hosted))
        return {
            "Failing", broken->revision + " does not load, " + broken->serving +
                           " still handles the events: " + broken->cause};
    Health health{string_at(*hosted, "state", "Starting"), string_at(*hosted, "cause")};
    if (health.state == "Error" || health.state == "Starting")
        return health;
    if (std::string problem = trigger_problem(triggers); !problem.empty())
        return {"Error", std::move(problem)};
    for (Resource const* trigger : triggers) {
        Json const* counters = find_named(facts.broker, "trigger", trigger->name().text());
        if (counters == nullptr || integer_at(*counters, "pending").value_or(0) == 0)
            continue;
        Json const* error = find_json(*counters, "lastError");
        if (error != nullptr && !error->is_null() && health.state != "Failing")
            return {"Failing", string_at(*error, "error", "Its last delivery failed.")};
    }
    return health;
}

Json event_types(std::vector<Resource const*> const& triggers) {
    Json types = Json::array();
    for (Resource const* trigger : triggers) {
        auto const filter = read_filter(trigger->spec());
        if (!filter || filter->types.empty())
            return Json::array();
        for (std::string const& type : filter->types)
            if (std::ranges::find(types, Json(type)) == types.end())
                types.push_back(type);
    }
    return types;
}

std::int64_t sum(
    FunctionFacts const& facts, std::vector<Resource const*> const& triggers,
    std::string_view key) {
    std::int64_t total = 0;
    for (Resource const* trigger : triggers)
        if (Json const* counters = find_named(facts.broker, "trigger", trigger->name().text()))
            total += integer_at(*counters, key).value_or(0);
    return total;
}

struct Calls {
    std::int64_t all = 0;
    std::int64_t failed = 0;
    Json last_at;  ///< null: none yet
};

/// As the host counts; where it does not (its instances come and go): what the broker delivered.
Calls calls_of(
    FunctionFacts const& facts, Json const* hosted, std::vector<Resource const*> const& triggers) {
    Calls calls;
    auto const later = [&calls](Json const* time) {
        if (time != nullptr && time->is_string() &&
            (calls.last_at.is_null() || string_at(calls.last_at, "") < string_at(*time, "")))
            calls.last_at = *time;
    };
    if (hosted != nullptr && find_json(*hosted, "calls") != nullptr) {
        calls.all = integer_at(*hosted, "calls").value_or(0);
        calls.failed = integer_at(*hosted, "failures").value_or(0);
        later(find_json(*hosted, "lastCallAt"));
        return calls;
    }
    calls.failed = sum(facts, triggers, "failed");
    calls.all = sum(facts, triggers, "delivered") + calls.failed;
    for (Resource const* trigger : triggers)
        if (Json const* counters = find_named(facts.broker, "trigger", trigger->name().text()))
            later(find_json(*counters, "lastDeliveredAt"));
    return calls;
}

Json step(char const* id, std::string const& condition, std::string detail) {
    Json json = Json::object();
    json["id"] = id;
    json["state"] = condition == "True" ? "done" : condition == "False" ? "failed" : "active";
    json["detail"] = condition == "True" ? "" : std::move(detail);
    return json;
}

/// A later step of a failed or unfinished one has not begun.
void hold_back(Json& steps) {
    bool held = false;
    for (Json& one : steps) {
        if (held) {
            one["state"] = "pending";
            one["detail"] = "";
        }
        held = held || string_at(one, "state") != "done";
    }
}

Json deployment_of(
    Resource const& service, Json const* hosted, std::vector<Resource const*> const& triggers) {
    bool const starting = hosted == nullptr || string_at(*hosted, "state") == "Starting";
    auto const condition = [&](char const* type) {
        return service.is_observed() && !starting ? condition_state(service.status(), type)
                                                  : "Unknown";
    };
    std::string worst = "True";
    std::string message;
    for (Resource const* trigger : triggers) {
        std::string const state = trigger_state(*trigger);
        if (state == "True" || worst == "False")
            continue;
        worst = state;
        message = message_of(trigger->status(), "Ready");
    }
    Json steps = Json::array();
    steps.push_back(step("saved", "True", ""));
    steps.push_back(step(
        "revision", condition("ConfigurationsReady"),
        message_of(service.status(), "ConfigurationsReady")));
    steps.push_back(
        step("route", condition("RoutesReady"), message_of(service.status(), "RoutesReady")));
    steps.push_back(step("trigger", worst, message));
    hold_back(steps);
    Json deployment = Json::object();
    deployment["state"] = "done";
    for (Json const& one : steps) {
        std::string const state = string_at(one, "state");
        if (state == "failed")
            deployment["state"] = "failed";
        if (state == "active")
            deployment["state"] = "active";
    }
    deployment["steps"] = std::move(steps);
    return deployment;
}

}  // namespace

std::string etag_of(Json const& value) {
    char text[17];
    std::snprintf(
        text, sizeof text, "%016llx", static_cast<unsigned long long>(fnv1a(dump_json(value))));
    return text;
}

bool is_function(Resource const& service) {
    return !service.label(runtime_label).empty();
}

std::vector<Resource const*> triggers_of(
    std::vector<Resource> const& triggers, std::string const& function) {
    std::vector<Resource const*> found;
    for (Resource const& trigger : triggers)
        if (string_at(trigger.spec(), "subscriber/ref/kind") == "Service" &&
            string_at(trigger.spec(), "subscriber/ref/name") == function)
            found.push_back(&trigger);
    return found;
}

Json function_summary(FunctionFacts const& facts, Resource const& service) {
    std::string const name = service.name().name;
    Json const* hosted = find_named(facts.functions, "name", name);
    auto const triggers = triggers_of(facts.triggers, name);
    Health const health = health_of(facts, hosted, triggers);
    std::string const recipe = service.annotation(recipe_annotation);
    std::string const revision = string_at(service.status(), "latestReadyRevisionName");
    Json json = Json::object();
    json["name"] = name;
    json["runtime"] = service.label(runtime_label);
    json["recipe"] = recipe.empty() ? Json() : Json(recipe);
    json["state"] = health.state;
    json["cause"] = health.state == "Running" || health.state == "Idle" ? "" : health.cause;
    json["revision"] = revision.empty() ? Json() : Json(revision);
    Calls calls = calls_of(facts, hosted, triggers);
    json["calls"] = calls.all;
    json["failures"] = calls.failed;
    json["pending"] = sum(facts, triggers, "pending");
    json["lastCallAt"] = std::move(calls.last_at);
    json["eventTypes"] = event_types(triggers);
    auto const broken = broken_revision(hosted);
    json["broken"] =
        broken ? Json{{"revision", broken->revision}, {"cause", broken->cause}} : Json();
    return json;
}

Json revision_views(FunctionFacts const& facts, Resource const& service, Json const& records) {
    Json items = Json::array();
    if (!records.is_array())
        return items;
    Json const* hosted = find_named(facts.functions, "name", service.name().name);
    Health health = health_of(facts, hosted, triggers_of(facts.triggers, service.name().name));
    // The one that serves is not to be blamed for a newer one that does not load.
    if (broken_revision(hosted))
        health = {"Running", ""};
    for (Json const& record : records) {
        std::int64_t const traffic = integer_at(record, "traffic").value_or(0);
        bool const serving = traffic > 0;
        std::string const problem = string_at(record, "problem");
        Json item = Json::object();
        item["name"] = string_at(record, "name");
        item["createdAt"] = string_at(record, "createdAt");
        std::string const known = string_at(record, "state");
        bool const has_health = problem.empty() && known.empty() && serving;
        item["state"] = !problem.empty() ? "Error"
                        : !known.empty() ? known
                        : serving        ? health.state
                                         : "Idle";
        item["cause"] = has_health ? health.cause : problem;
        item["traffic"] = traffic;
        items.insert(items.begin(), std::move(item));
    }
    return items;
}

Json function_detail(FunctionFacts const& facts, Resource const& service) {
    Json json = function_summary(facts, service);
    std::string const name = service.name().name;
    std::string const created = string_at(service.object, "metadata/creationTimestamp");
    json["createdAt"] = created.empty() ? Json() : Json(created);
    json["url"] = string_at(service.status(), "address/url");
    json["deployment"] = deployment_of(
        service, find_named(facts.functions, "name", name), triggers_of(facts.triggers, name));
    return json;
}

Json trigger_view(FunctionFacts const& facts, Resource const& trigger) {
    auto const filter = read_filter(trigger.spec());
    Json json = filter_to_json(filter.value_or(TriggerFilter()));
    json["name"] = trigger.name().name;
    json["etag"] = etag_of(trigger.spec());
    json["editable"] = filter.has_value();
    if (!filter) {
        Json const* filters = find_json(trigger.spec(), "filters");
        json["filters"] = filters == nullptr ? Json() : *filters;
    }
    std::string const ready = condition_state(trigger.status(), "Ready");
    json["ready"] = ready == "True";
    json["reason"] = ready == "True" ? "" : message_of(trigger.status(), "Ready");
    Json const* counters = find_named(facts.broker, "trigger", trigger.name().text());
    for (auto const* key : {"received", "matched", "delivered", "failed", "pending"})
        json[key] = counters == nullptr ? 0 : integer_at(*counters, key).value_or(0);
    Json const* error = counters == nullptr ? nullptr : find_json(*counters, "lastError");
    json["lastError"] =
        error == nullptr || error->is_null()
            ? Json()
            : Json(error->is_string() ? string_at(*error, "") : string_at(*error, "error"));
    Json const* last = counters == nullptr ? nullptr : find_json(*counters, "lastDeliveredAt");
    json["lastDeliveredAt"] = last == nullptr ? Json() : *last;
    return json;
}

}  // namespace millrace::console
