// SPDX-License-Identifier: Apache-2.0
#include "configurator/form/settings.hpp"

#include "common/base/encoding.hpp"
#include "common/net/certificate.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/configurator/form/given_properties.hpp"

using namespace millrace;
using namespace millrace::configurator;
using namespace millrace::configurator::test;

namespace {

SystemTime now() {
    return std::chrono::system_clock::now();
}

Settings settings_of(PropertyTexts const& given) {
    auto read = read_settings(given, now());
    INFO((read.settings ? "" : to_string(read.settings.error())));
    REQUIRE(read.settings);
    return std::move(*read.settings);
}

/// What is said of the property, of those that are wrong.
std::string fault_of(PropertyTexts const& given, std::string const& key) {
    auto const read = read_settings(given, now());
    return read.settings ? "" : said_of(read.settings.error(), key);
}

std::string note_of(PropertyTexts const& given, std::string const& key) {
    return said_of(read_settings(given, now()).notes, key);
}

PropertyTexts static_form() {
    auto form = with(least_form(), "ipaddress", "192.168.10.20");
    form = with(form, "netmask", "24 (255.255.255.0)");
    return with(form, "gateway", "192.168.10.1");
}

}  // namespace

TEST_CASE("settings: two passwords are enough, the rest has defaults") {
    Settings const settings = settings_of(least_form());
    CHECK(settings.access.console_user == "admin");
    CHECK(settings.access.root_password.reveal() == "a root password");
    CHECK_FALSE(settings.network.ipv4);
    CHECK(settings.network.pods.text() == "10.10.0.0/16");
    CHECK(settings.network.services.text() == "10.96.0.0/16");
    CHECK(settings.sources.vcenters.empty());
    CHECK_FALSE(settings.sources.horizon);
    CHECK(settings.syslog.host.empty());
    CHECK_FALSE(settings.access.ssh);
}

TEST_CASE("settings: a whole form of the old appliance") {
    PropertyTexts form = static_form();
    for (auto const& [key, value] : std::vector<std::pair<std::string, std::string>>{
             {"hostname", "Millrace.Example.com"},
             {"dns", "192.168.10.2 192.168.10.3"},
             {"domain", "example.com"},
             {"ntp", "ntp.example.com"},
             {"enable_ssh", "True"},
             {"vcenter_server", "vc.example.com"},
             {"vcenter_username", "reader@vsphere.local"},
             {"vcenter_password", "p w\"$%"},
             {"vcenter_disable_tls_verification", "True"},
             {"vcenter_checkpoint_age", "300"},
             {"vcenter_checkpoint_period", "10"},
             {"horizon", "True"},
             {"horizon_server", "horizon.example.com"},
             {"horizon_domain", "corp"},
             {"horizon_username", "reader"},
             {"horizon_password", "secret"},
             {"syslog_server_hostname", "log.example.com"}})
        form = with(form, key, value);
    Settings const settings = settings_of(form);
    CHECK(settings.network.hostname == "millrace.example.com");
    REQUIRE(settings.network.ipv4);
    CHECK(settings.network.ipv4->text() == "192.168.10.20/24");
    CHECK(settings.network.dns.size() == 2);
    CHECK(settings.access.ssh);
    REQUIRE(settings.sources.vcenters.size() == 1);
    CHECK(settings.sources.vcenters[0].address == "vc.example.com");
    CHECK(settings.sources.vcenters[0].password.reveal() == "p w\"$%");
    CHECK_FALSE(settings.sources.vcenters[0].verify_tls);
    CHECK(settings.sources.age_max == 300s);
    REQUIRE(settings.sources.horizon);
    CHECK(settings.sources.horizon_domain == "corp");
    CHECK(settings.syslog.port == 514);
    CHECK(settings.syslog.protocol == "TCP");
}

TEST_CASE("settings: a second vCenter") {
    auto form = with(least_form(), "vcenter2_server", "vc2.example.com");
    form = with(with(form, "vcenter2_username", "reader"), "vcenter2_password", "x");
    Settings const settings = settings_of(form);
    REQUIRE(settings.sources.vcenters.size() == 1);
    CHECK(settings.sources.vcenters[0].address == "vc2.example.com");
}

TEST_CASE("settings: everything that is wrong is told at once, by the property") {
    auto form = with({}, "ipaddress", "192.168.1.300");
    form = with(with(form, "enable_ssh", "maybe"), "vcenter_server", "https://vc");
    form = with(form, "endpoint_password", "short");
    auto const read = read_settings(form, now());
    REQUIRE_FALSE(read.settings);
    for (auto const* key :
         {"ipaddress", "enable_ssh", "vcenter_server", "endpoint_password", "root_password"}) {
        INFO(key);
        CHECK_FALSE(said_of(read.settings.error(), key).empty());
    }
    CHECK(read.settings.error().size() == 5);
    CHECK(
        said_of(read.settings.error(), "root_password").starts_with("is needed: give a password"));
}

TEST_CASE("settings: what is needed with another is asked for, where that one is on or there") {
    auto const horizon = with(least_form(), "horizon", "true");
    for (auto const* key :
         {"horizon_server", "horizon_domain", "horizon_username", "horizon_password"})
        CHECK(fault_of(horizon, key).starts_with("is needed with horizon"));
    CHECK(fault_of(with(least_form(), "horizon", "false"), "horizon_server").empty());
    CHECK(fault_of(with(least_form(), "vcenter_server", "vc"), "vcenter_password")
              .starts_with("is needed with vcenter_server"));
    // research/veba.md: the old webhook without a password was open to all.
    CHECK(fault_of(with(least_form(), "webhook", "True"), "webhook_password")
              .starts_with("is needed with webhook"));
}

TEST_CASE("settings: addresses fit their network") {
    CHECK(
        fault_of(with(static_form(), "gateway", "192.168.11.1"), "gateway")
            .find("is not in the network 192.168.10.0/24") != std::string::npos);
    CHECK(
        fault_of(with(static_form(), "gateway", "192.168.10.20"), "gateway")
            .find("the appliance's own address") != std::string::npos);
    CHECK(
        fault_of(with(static_form(), "ipaddress", "192.168.10.255"), "ipaddress")
            .find("broadcast address of 192.168.10.0/24") != std::string::npos);
    CHECK(
        fault_of(with(static_form(), "ipaddress", "192.168.10.0"), "ipaddress")
            .find("network's own address") != std::string::npos);
    CHECK(
        fault_of(with(least_form(), "gateway", "192.168.10.1"), "gateway")
            .find("needs ipaddress") != std::string::npos);
    CHECK(
        fault_of(with(least_form(), "ipv6_gateway", "fe80::1"), "ipv6_gateway")
            .find("needs ipv6_address") != std::string::npos);
    // A wrong address is one fault, not two: that there is none would be false.
    CHECK(fault_of(with(static_form(), "ipaddress", "192.168.10"), "gateway").empty());
    // A link of two machines has neither (RFC 3021).
    auto form = with(with(static_form(), "netmask", "31"), "ipaddress", "192.168.10.0");
    CHECK(read_settings(form, now()).settings);
}

TEST_CASE("settings: the inner networks hide nothing that the appliance talks to") {
    CHECK(
        fault_of(with(static_form(), "pod_network_cidr", "192.168.0.0/16"), "pod_network_cidr")
            .find("overlaps with the appliance's network 192.168.10.0/24") != std::string::npos);
    CHECK(
        fault_of(with(least_form(), "service_network_cidr", "10.0.0.0/12"), "service_network_cidr")
            .find("overlaps with pod_network_cidr") != std::string::npos);
    CHECK(
        fault_of(with(least_form(), "dns", "10.10.0.53"), "pod_network_cidr")
            .find("covers dns 10.10.0.53") != std::string::npos);
    auto form =
        with(with(least_form(), "vcenter_server", "10.96.1.1:8443"), "vcenter_username", "x");
    CHECK(
        fault_of(with(form, "vcenter_password", "x"), "service_network_cidr")
            .find("covers vcenter_server 10.96.1.1") != std::string::npos);
}

TEST_CASE("settings: a certificate has its key, and is looked at") {
    auto const made = make_self_signed_certificate({"a.example"}, 1);
    auto const other = make_self_signed_certificate({"b.example"}, 1);
    REQUIRE(made);
    REQUIRE(other);
    auto const form =
        with(least_form(), "custom_tls_ca_cert", base64_encode(made->certificate_pem));
    CHECK(
        fault_of(form, "custom_tls_private_key").starts_with("is needed with custom_tls_ca_cert"));
    CHECK(
        fault_of(with(form, "custom_tls_private_key", other->key_pem), "custom_tls_private_key")
            .find("does not fit") != std::string::npos);
    auto const whole = with(form, "custom_tls_private_key", base64_encode(made->key_pem));
    CHECK(settings_of(whole).certificates.chain_pem == made->certificate_pem);
    CHECK(note_of(whole, "custom_tls_ca_cert").empty());
    // An appliance whose clock is years off must still come up.
    auto const later = read_settings(whole, now() + std::chrono::hours(24 * 365));
    CHECK(later.settings);
    CHECK(
        said_of(later.notes, "custom_tls_ca_cert").find("is over: CN=a.example") !=
        std::string::npos);
    auto const damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
    CHECK(fault_of(with(least_form(), "trusted_authorities", damaged), "trusted_authorities")
              .starts_with("Certificate 1 is damaged"));
}

TEST_CASE("settings: names that cannot be right together") {
    auto form = with(with(least_form(), "horizon", "1"), "horizon_server", "h");
    form = with(with(form, "horizon_domain", "corp"), "horizon_password", "x");
    CHECK(
        fault_of(with(form, "horizon_username", "corp\\reader"), "horizon_username")
            .find("belongs into horizon_domain") != std::string::npos);
    CHECK(
        fault_of(with(least_form(), "webhook_username", "a:b"), "webhook_username")
            .find("RFC 7617") != std::string::npos);
}

TEST_CASE("settings: what has no effect is noted and hinders nothing") {
    CHECK(
        note_of(with(least_form(), "host_name", "x"), "host_name").find("did you mean hostname?") !=
        std::string::npos);
    CHECK_FALSE(
        note_of(with(least_form(), "vcenter_veba_ui_username", "x"), "vcenter_veba_ui_username")
            .empty());
    CHECK(note_of(with(least_form(), "vcenter_veba_ui_username", ""), "vcenter_veba_ui_username")
              .empty());
    CHECK(
        note_of(with(least_form(), "ipaddress", "192.168.10.20"), "dns").find("no name") !=
        std::string::npos);
}
