// SPDX-License-Identifier: Apache-2.0
// Subscribers with a certificate of an authority that the system does not know (Knative's CACerts).
#include "common/kube/resource.hpp"
#include "common/net/certificate_authority.hpp"
#include "tests/integration/broker/broker_world.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

/// An authority, and what listens with a certificate of it.
struct OwnAuthority {
    CertificateText authority;
    std::string const& pem() const { return authority.certificate_pem; }

    HttpServerOptions server() const {
        auto const certificate = issue_certificate(
            {.common_name = "subscriber", .organisation = {}, .names = {"127.0.0.1"}, .life = 1h},
            authority);
        REQUIRE(certificate);
        auto tls = TlsContext::server(*certificate);
        REQUIRE(tls);
        HttpServerOptions options;
        options.tls = std::move(*tls);
        return options;
    }
};

OwnAuthority make_authority(std::string name) {
    auto made = issue_certificate(
        {.common_name = std::move(name),
         .organisation = {},
         .names = {},
         .is_authority = true,
         .life = 1h});
    REQUIRE(made);
    return {std::move(*made)};
}

/// A Destination with these authorities.
Json destination(std::string const& url, std::string const& authorities) {
    Json to = {{"uri", url}};
    if (!authorities.empty())
        to["CACerts"] = authorities;
    return to;
}

std::string spec(Json subscriber, Json delivery) {
    return dump_json(
        {{"broker", "default"},
         {"subscriber", std::move(subscriber)},
         {"delivery", std::move(delivery)}});
}

Task<void> check_own_authority(
    BrokerWorld& world, Subscriber& subscriber, Subscriber& dead, OwnAuthority const& known) {
    Json const once = {{"retry", 0}, {"deadLetterSink", destination(dead.url(), known.pem())}};
    world.put_trigger("trusting", spec(destination(subscriber.url(), known.pem()), once));
    world.put_trigger("strange", spec(destination(subscriber.url(), ""), once));
    world.put_trigger(
        "mistaken", spec(destination(subscriber.url(), make_authority("other").pem()), once));
    co_await world.broker.start();
    CHECK(co_await world.send("e") == 202);
    // Each of the three sends it somewhere: one to the subscriber, two as a letter.
    co_await dead.wait_for([&] { return dead.count("e") == 2; });
    co_await subscriber.wait_for([&] { return subscriber.count("e") == 1; });
    co_await world.wait_for_ready("trusting", "True");
    Json const status = world.status_of(kinds::trigger.folder(), "trusting");
    CHECK(string_at(status, "subscriberUri") == subscriber.url());
    CHECK(string_at(status, "subscriberCACerts") == known.pem());
    CHECK(string_at(status, "deadLetterSinkCACerts") == known.pem());
    co_await world.wait_for_ready("strange", "True");
    CHECK_FALSE(world.status_of(kinds::trigger.folder(), "strange").contains("subscriberCACerts"));
}

Task<void> check_no_pem(BrokerWorld& world, Subscriber& subscriber, OwnAuthority const& known) {
    Json const patient = {{"retry", 3}, {"backoffDelay", "PT10M"}};
    world.put_trigger("echo", spec(destination(subscriber.url(), "no certificate"), patient));
    co_await world.broker.start();
    co_await world.wait_for_ready("echo", "False");
    Json const status = world.status_of(kinds::trigger.folder(), "echo");
    Condition const resolved = condition(status, "SubscriberResolved");
    CHECK(resolved.reason == "SubscriberInvalid");
    CHECK(resolved.message.find("CACerts cannot be used") != std::string::npos);
    CHECK(co_await world.send("patient") == 202);
    // Corrected, what waits is delivered without the ten minutes.
    world.put_trigger("echo", spec(destination(subscriber.url(), known.pem()), patient));
    co_await subscriber.wait_for([&] { return subscriber.count("patient") == 1; });
    co_await world.wait_for_ready("echo", "True");
}

}  // namespace

TEST_CASE(
    "Authorities: an https subscriber is trusted by its CACerts, and by no other", "[broker]") {
    BrokerWorld world;
    OwnAuthority const known = make_authority("known");
    Subscriber subscriber(world.io, known.server());
    Subscriber dead(world.io, known.server());
    run_task(world.io, check_own_authority(world, subscriber, dead, known));
}

TEST_CASE("Authorities: CACerts that are no PEM are told, and wait for a correction", "[broker]") {
    BrokerWorld world;
    OwnAuthority const known = make_authority("known");
    Subscriber subscriber(world.io, known.server());
    run_task(world.io, check_no_pem(world, subscriber, known));
}
