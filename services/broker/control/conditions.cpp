// SPDX-License-Identifier: Apache-2.0
#include "broker/control/conditions.hpp"

#include "common/net/http_client.hpp"

namespace millrace::broker {
namespace {

/// Sets conditions and remembers the first that is False, else the first that is Unknown, which
/// Ready then repeats. Reasons are CamelCase words, as metav1.Condition demands.
class Conditions {
public:
    explicit Conditions(Json& status) : status_(status) {}

    void good(std::string_view type) { set_condition(status_, type, "True", "", ""); }
    void noted(std::string_view type, std::string_view reason, std::string_view message) {
        set_condition(status_, type, "True", reason, message);
    }
    void bad(std::string_view type, std::string const& reason, std::string const& message) {
        set(type, "False", reason, message);
    }
    /// `state` is True, False or Unknown.
    void set(
        std::string_view type, std::string const& state, std::string const& reason,
        std::string const& message) {
        set_condition(status_, type, state, reason, message);
        bool const is_worse = ready_.state == "True"
                                  ? state != "True"
                                  : ready_.state == "Unknown" && state == "False";
        if (is_worse)
            ready_ = {state, reason, message};
    }
    void finish() { set_condition(status_, "Ready", ready_.state, ready_.reason, ready_.message); }

private:
    struct Ready {
        std::string state;
        std::string reason;
        std::string message;
    };
    Json& status_;
    Ready ready_ = {.state = "True", .reason = "", .message = ""};
};

/// Why the address of `what` ("Subscriber") is not there, in a word.
std::string unresolved_reason(std::string const& what, ErrorCode code) {
    switch (code) {
        case ErrorCode::not_found:
            return what + "DoesNotExist";
        case ErrorCode::unavailable:
            return what + "HasNoAddress";
        case ErrorCode::unsupported:
            return what + "KindNotServed";
        case ErrorCode::forbidden:
            return what + "KindForbidden";
        case ErrorCode::timed_out:
            return what + "NotReadYet";
        default:
            return what + "Invalid";
    }
}

void set_resolved(
    Conditions& conditions, std::string_view type, std::string const& what, Error const& error) {
    conditions.set(
        type, error.code == ErrorCode::timed_out ? "Unknown" : "False",
        unresolved_reason(what, error.code), error.detail);
}

/// An address that nothing can be sent to is one all the same, as Knative has it: its deliveries
/// fail. The condition warns of that.
void set_address(
    Conditions& conditions, std::string_view type, std::string const& what,
    std::string const& address) {
    if (auto const url = parse_url(address); url)
        conditions.good(type);
    else
        conditions.noted(
            type, what + "Unusable", "Every delivery there will fail: " + url.error().detail);
}

void set_text(Json& status, char const* key, std::string const& text) {
    if (text.empty())
        status.erase(key);
    else
        status[key] = text;
}

std::string text_of(std::shared_ptr<std::string const> const& text) {
    return text == nullptr ? std::string() : *text;
}

void set_dead_letter(
    Json& status, Conditions& conditions, Result<std::string> const* url,
    std::string const& authorities) {
    if (url == nullptr)
        conditions.noted(
            "DeadLetterSinkResolved", "DeadLetterSinkNotConfigured", "No dead letter sink is set.");
    else if (url->has_value())
        set_address(conditions, "DeadLetterSinkResolved", "DeadLetterSink", **url);
    else
        set_resolved(conditions, "DeadLetterSinkResolved", "DeadLetterSink", url->error());
    set_text(status, "deadLetterSinkUri", url != nullptr && url->has_value() ? **url : "");
    set_text(status, "deadLetterSinkCACerts", authorities);
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
    Result<std::string> url;
    if (route.dead_letter)
        url = url_of(*route.dead_letter);
    set_dead_letter(
        status, conditions, route.dead_letter ? &url : nullptr,
        route.dead_letter && *route.dead_letter ? (*route.dead_letter)->authorities_pem : "");
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
    else if (route.broker_exists)
        conditions.bad(
            "BrokerReady", "BrokerNotReady", "The Broker " + route.broker + " is not ready.");
    else
        conditions.bad(
            "BrokerReady", "BrokerDoesNotExist", "The Broker " + route.broker + " does not exist.");
    if (route.spec_fault.empty())
        conditions.good("SubscriptionReady");
    else
        conditions.bad("SubscriptionReady", "InvalidSpec", route.spec_fault);
    if (route.subscriber_url && !route.subscriber_url->empty())
        set_address(conditions, "SubscriberResolved", "Subscriber", *route.subscriber_url);
    else if (route.subscriber_url)
        conditions.bad("SubscriberResolved", "SubscriberMissing", "No subscriber is given.");
    else
        set_resolved(conditions, "SubscriberResolved", "Subscriber", route.subscriber_url.error());
    set_dead_letter(
        status, conditions, route.dead_letter_url.get(), text_of(route.dead_letter_authorities));
    if (route.dependency)
        conditions.set(
            "DependencyReady", route.dependency->state, route.dependency->reason,
            route.dependency->message);
    else
        conditions.good("DependencyReady");
    conditions.noted("OIDCIdentityCreated", "OIDCDisabled", "OIDC is not in use.");
    set_text(status, "subscriberUri", route.subscriber_url.value_or(""));
    set_text(status, "subscriberCACerts", text_of(route.subscriber_authorities));
    conditions.finish();
    return status;
}

}  // namespace millrace::broker
