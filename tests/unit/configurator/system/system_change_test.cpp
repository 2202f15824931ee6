// SPDX-License-Identifier: Apache-2.0
#include "configurator/system/system_change.hpp"

#include <algorithm>

#include "common/net/certificate.hpp"
#include "configurator/form/given_values.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/configurator/form/given_properties.hpp"

using namespace millrace;
using namespace millrace::configurator;
using namespace millrace::configurator::test;

namespace {

using Values = std::map<std::string, std::string>;

/// What a configured appliance knows of its form.
PropertyTexts in_force() {
    auto form = without_secrets(least_form());
    for (auto const& [key, value] : Values{
             {"hostname", "millrace.example.com"},
             {"ipaddress", "192.0.2.20"},
             {"gateway", "192.0.2.1"},
             {"vcenter_server", "vcenter.example.com"},
             {"vcenter_username", "reader@vsphere.local"}})
        form = with(form, key, value);
    return form;
}

Checked<SystemChange> changed(Values const& values, PropertyTexts const& form = in_force()) {
    return change_of(form, Json{{"values", values}}, system_now());
}

std::vector<std::string> steps_of(std::vector<Step> const& steps) {
    std::vector<std::string> ids;
    for (Step const& step : steps)
        ids.push_back(step.id);
    std::ranges::sort(ids);
    return ids;
}

std::set<std::string> fault_places(Values const& values, PropertyTexts const& form = in_force()) {
    auto const change = changed(values, form);
    REQUIRE_FALSE(change);
    std::set<std::string> places;
    for (Fault const& fault : change.error())
        places.insert(fault.place);
    return places;
}

CertificateText certificate() {
    auto made = make_self_signed_certificate({"millrace.example.com"}, 30);
    REQUIRE(made);
    return *made;
}

}  // namespace

TEST_CASE("system change: only steps that make a difference are in it, each tried once") {
    auto const change = changed({{"ntp", "192.0.2.123"}});
    REQUIRE(change);
    CHECK(steps_of(change->apply) == std::vector<std::string>{"network", "time"});
    CHECK(std::ranges::all_of(
        change->apply, [](Step const& step) { return step.attempts_max == 1; }));
    CHECK(change->confirmation == Confirmation::needed);
    CHECK(change->form.at("ntp").reveal() == "192.0.2.123");
}

TEST_CASE("system change: another address also means another certificate of the appliance's own") {
    auto const change = changed({{"ipaddress", "192.0.2.30"}});
    REQUIRE(change);
    CHECK(
        steps_of(change->apply) == std::vector<std::string>{"certificate", "hostname", "network"});
}

TEST_CASE("system change: a copy takes what its form says otherwise, and no password") {
    auto form = with(least_form(), "hostname", "copy.example.com");
    for (auto const& [key, value] : Values{
             {"ipaddress", "192.0.2.30"},
             {"gateway", "192.0.2.1"},
             {"endpoint_username", "somebody"},
             {"vcenter_server", "another.example.com"}})
        form = with(form, key, value);
    auto const change = change_of_copy(in_force(), form, system_now());
    REQUIRE(change);
    CHECK(
        steps_of(change->apply) == std::vector<std::string>{"certificate", "hostname", "network"});
    CHECK(change->confirmation == Confirmation::not_needed);
    CHECK(std::ranges::all_of(
        change->apply, [](Step const& step) { return step.attempts_max == 4; }));
    CHECK(change->form.at("hostname").reveal() == "copy.example.com");
    CHECK(change->form.at("vcenter_server").reveal() == "vcenter.example.com");
    CHECK_FALSE(change->form.contains("root_password"));
    auto const same = change_of_copy(in_force(), without_secrets(in_force()), system_now());
    REQUIRE(same);
    CHECK(same->apply.empty());
    CHECK_FALSE(change_of_copy(in_force(), with(form, "ipaddress", "1.2.3"), system_now()));
}

TEST_CASE("system change: secrets that are in force are not asked for again") {
    CHECK(changed({{"syslog_server_hostname", "log.example.com"}}));
    auto form = with(in_force(), "custom_tls_ca_cert", certificate().certificate_pem);
    auto const change = changed({{"syslog_server_hostname", "log.example.com"}}, form);
    REQUIRE(change);
    CHECK(steps_of(change->apply) == std::vector<std::string>{"syslog"});
}

TEST_CASE("system change: the same values are none") {
    auto const change = changed({{"hostname", "millrace.example.com"}, {"ntp", ""}});
    REQUIRE(change);
    CHECK(change->apply.empty());
}

TEST_CASE("system change: passwords need no confirmation, and nothing secret is kept") {
    auto const change = changed({{"root_password", "a new Root one"}});
    REQUIRE(change);
    CHECK(steps_of(change->apply) == std::vector<std::string>{"passwords"});
    CHECK(change->confirmation == Confirmation::not_needed);
    CHECK_FALSE(change->form.contains("root_password"));
    auto const page =
        changed({{"endpoint_username", "operator"}, {"endpoint_password", "a new Web one"}});
    REQUIRE(page);
    CHECK(steps_of(page->apply) == std::vector<std::string>{"web-page"});
    CHECK(page->form.at("endpoint_username").reveal() == "operator");
}

TEST_CASE("system change: passwords come alone, since they cannot be on trial") {
    CHECK(
        fault_places({{"root_password", "a new Root one"}, {"ntp", "192.0.2.123"}}) ==
        std::set<std::string>{"root_password"});
}

TEST_CASE("system change: a user's name comes with the password, a certificate with its key") {
    CHECK(
        fault_places({{"endpoint_username", "operator"}}) ==
        std::set<std::string>{"endpoint_password"});
    CHECK(
        fault_places({{"custom_tls_ca_cert", certificate().certificate_pem}}) ==
        std::set<std::string>{"custom_tls_private_key"});
    CHECK(
        fault_places(
            {{"custom_tls_ca_cert", certificate().certificate_pem},
             {"custom_tls_private_key", certificate().key_pem}}) ==
        std::set<std::string>{"custom_tls_private_key"});
}

TEST_CASE("system change: all faults at once, and what belongs to set-up alone is refused") {
    CHECK(
        fault_places(
            {{"hostname", "a b"}, {"gateway", "198.51.100.1"}, {"vcenter_server", "other"}}) ==
        std::set<std::string>{"gateway", "hostname", "vcenter_server"});
    CHECK(fault_places({{"no_such_thing", "1"}}) == std::set<std::string>{"no_such_thing"});
}

TEST_CASE("system change: the appliance's own certificate can be renewed, another one cannot") {
    auto const own = certificate_renewal(in_force(), system_now());
    REQUIRE(own);
    CHECK(steps_of(own->apply) == std::vector<std::string>{"certificate", "certificate-away"});
    auto const given = certificate_renewal(
        with(in_force(), "custom_tls_ca_cert", certificate().certificate_pem), system_now());
    REQUIRE_FALSE(given);
    CHECK(given.error().code == ErrorCode::conflict);
}

TEST_CASE("system change: the web page's key is kept aside only where it is changed") {
    CHECK(kept_paths({"network", "syslog"}).empty());
    CHECK(kept_paths({"certificate"}).size() == 2);
}

TEST_CASE("system change: it is undone by the steps of before, the certificate by its files") {
    BeforeChange const before{
        .form = in_force(),
        .files = {WriteFile{"/etc/credstore/console.crt", Secret("old")}},
        .steps = {"network", "certificate"}};
    auto const undo = undo_steps(before, system_now());
    REQUIRE(undo);
    CHECK(steps_of(*undo) == std::vector<std::string>{"certificate", "network"});
    CHECK(undo->back().changes == before.files);
    auto const unreadable = undo_steps({.form = with(in_force(), "hostname", "a b")}, system_now());
    CHECK_FALSE(unreadable);
}
