// SPDX-License-Identifier: Apache-2.0
#include "broker/control/conditions.hpp"

namespace millrace::broker {
namespace {

/// Sets conditions and remembers the first that is not True, which Ready then repeats.
class Conditions {
public:
    explicit Conditions(Json& status) : status_(status) {}

    void good(std::string_view type) { set_condition(status_, type, "True", "", ""); }
    void noted(std::string_view type, std::string_view reason, std::string_view message) {
        set_condition(status_, type, "True", reason, message);
    }
    void bad(std::string_view type, std::string const& reason, std::string const& message) {
        set_condition(status_, type, "False", reason, message);
        if (!reason_.empty())
            return;
        reason_ = reason;
        message_ = message;
    }
    void finish() {
        if (reason_.empty())
            good("Ready");
        else
            set_condition(status_, "Ready", "False", reason_, message_);
    }

private:
    Json& status_;
    std::string reason_;
    std::string message_;
};

void set_text(Json& status, char const* key, std::string const& text) {
    if (text.empty())
        status.erase(key);
    else
        status[key] = text;
}

void set_dead_letter(
    Json& status, Conditions& conditions, std::optional<Result<std::string>> const& url) {
    if (!url)
        conditions.noted(
            "DeadLetterSinkResolved", "DeadLetterSinkNotConfigured", "No dead letter sink is set.");
    else if (url->has_value())
        conditions.good("DeadLetterSinkResolved");
    else
        conditions.bad(
            "DeadLetterSinkResolved", "Unable to get the DeadLetterSink's URI",
            url->error().detail);
    set_text(status, "deadLetterSinkUri", url && url->has_value() ? **url : "");
}

}  // namespace

Json broker_status(Resource const& broker, BrokerRoute const& route) {
    Json status = broker.status();
    status["observedGeneration"] = broker.generation();
    Conditions conditions(status);
    if (route.fault.empty()) {
        conditions.good("IngressReady");
        conditions.good("Addressable");
        status["address"]["url"] = route.url;
    } else {
        conditions.bad("IngressReady", "InvalidSpec", route.fault);
        conditions.bad("Addressable", "InvalidSpec", route.fault);
        status.erase("address");
    }
    conditions.good("FilterReady");
    conditions.good("TriggerChannelReady");
    set_dead_letter(status, conditions, route.dead_letter_url);
    conditions.noted(
        "EventPoliciesReady", "DefaultAuthorizationMode", "Event policies are not enforced.");
    conditions.finish();
    return status;
}

Json trigger_status(Resource const& trigger, TriggerRoute const& route) {
    Json status = trigger.status();
    status["observedGeneration"] = trigger.generation();
    Conditions conditions(status);
    if (route.broker_ready)
        conditions.good("BrokerReady");
    else
        conditions.bad(
            "BrokerReady", "BrokerDoesNotExist",
            "The Broker " + route.broker + " does not exist or is not ready.");
    if (route.fault.empty() || !route.broker_ready)
        conditions.good("SubscriptionReady");
    else
        conditions.bad("SubscriptionReady", "InvalidSpec", route.fault);
    if (route.subscriber_url && !route.subscriber_url->empty())
        conditions.good("SubscriberResolved");
    else
        conditions.bad(
            "SubscriberResolved", "Unable to get the Subscriber's URI",
            route.subscriber_url ? "No subscriber is given." : route.subscriber_url.error().detail);
    set_dead_letter(status, conditions, route.dead_letter_url);
    conditions.good("DependencyReady");
    conditions.noted("OIDCIdentityCreated", "OIDCDisabled", "OIDC is not in use.");
    set_text(status, "subscriberUri", route.subscriber_url.value_or(""));
    conditions.finish();
    return status;
}

}  // namespace millrace::broker
