// SPDX-License-Identifier: Apache-2.0
#include "configurator/form/settings_checks.hpp"

#include <algorithm>

#include "common/net/tls.hpp"
#include "configurator/form/settings.hpp"

namespace millrace::configurator {
namespace {

/// The network of the appliance's own address.
std::optional<Ipv4Network> own_network(CheckedValues const& values) {
    auto const address = values.ipv4("ipaddress");
    return address ? std::optional(Ipv4Network{*address, values.number("netmask")}) : std::nullopt;
}

void check_own_address(CheckedValues& values, Ipv4Network const& own) {
    if (own.prefix == 0)
        return;
    bool const has_reserved = own.prefix <= 30;
    if (has_reserved && (own.address == own.first() || own.address == own.last()))
        values.fault(
            "ipaddress", "\"" + values.text("ipaddress") + "\" is the " +
                             (own.address == own.first() ? "network's own" : "broadcast") +
                             " address of " + Ipv4Network{own.first(), own.prefix}.text() +
                             "; give one of a host.");
    auto const gateway = values.ipv4("gateway");
    if (!gateway)
        return;
    if (*gateway == own.address)
        values.fault("gateway", "is the appliance's own address; give the router's.");
    else if (!own.contains(*gateway))
        values.fault(
            "gateway", "\"" + values.text("gateway") + "\" is not in the network " +
                           Ipv4Network{own.first(), own.prefix}.text() +
                           " of the appliance; see ipaddress and netmask.");
}

/// A network inside of the appliance hides every outside address that it covers.
void check_inner_network(
    CheckedValues& values, std::string_view key, std::optional<Ipv4Network> const& own) {
    auto const network = parse_ipv4_network(values.text(key));
    if (!network)
        return;
    std::string const shown = "\"" + network->text() + "\" covers ";
    if (own && own->prefix > 0 && own->overlaps(*network))
        return values.fault(
            key, "\"" + network->text() + "\" overlaps with the appliance's network " +
                     Ipv4Network{own->first(), own->prefix}.text() + "; choose another.");
    std::string covered;
    auto const look_at = [&](std::string_view other, std::string const& text) {
        auto const address = parse_ipv4(text.substr(0, text.find(':')));
        if (covered.empty() && address && network->contains(*address))
            covered = std::string(other) + " " + text;
    };
    for (std::string_view const other : {"dns", "ntp"})
        for (std::string const& one : values.list(other))
            look_at(other, one);
    for (std::string_view const other :
         {"vcenter_server", "vcenter2_server", "horizon_server", "syslog_server_hostname"})
        look_at(other, values.text(other));
    if (!covered.empty())
        values.fault(key, shown + covered + "; choose another.");
}

void check_dates(
    CheckedValues& values, std::string_view key, CertificateFacts const& facts, SystemTime now) {
    if (facts.not_after < now)
        values.note(key, "has a certificate that is over: " + facts.subject + ".");
    if (facts.not_before > now)
        values.note(key, "has a certificate that has not begun: " + facts.subject + ".");
}

}  // namespace

void check_networks(CheckedValues& values) {
    auto const own = own_network(values);
    if (own)
        check_own_address(values, *own);
    else if (values.has("gateway") && !values.is_told("ipaddress"))
        values.fault("gateway", "needs ipaddress; without one, DHCP gives the gateway, too.");
    if (values.has("ipv6_gateway") && !values.has("ipv6_address") &&
        !values.is_told("ipv6_address"))
        values.fault(
            "ipv6_gateway", "needs ipv6_address; without one, the network's routers announce it.");
    check_inner_network(values, "pod_network_cidr", own);
    check_inner_network(values, "service_network_cidr", own);
    auto const pods = parse_ipv4_network(values.text("pod_network_cidr"));
    auto const services = parse_ipv4_network(values.text("service_network_cidr"));
    if (pods && services && pods->overlaps(*services))
        values.fault(
            "service_network_cidr",
            "\"" + services->text() + "\" overlaps with pod_network_cidr; choose another.");
    if (own && !values.has("gateway"))
        values.note("gateway", "is empty: only the appliance's own network can be reached.");
    if (own && !values.has("dns"))
        values.note("dns", "is empty: no name can be looked up.");
}

void check_names(CheckedValues& values) {
    if (values.has("proxy_username") && !values.has("http_proxy") && !values.has("https_proxy"))
        values.note("proxy_username", "has no effect without http_proxy or https_proxy.");
    std::string const& user = values.text("horizon_username");
    if (values.is_on("horizon") && user.find_first_of("@\\") != std::string::npos)
        values.fault(
            "horizon_username",
            "\"" + user + "\" has its domain in it; that belongs into horizon_domain.");
    if (values.text("webhook_username").find(':') != std::string::npos)
        values.fault(
            "webhook_username", "must not contain \":\" (RFC 7617), which ends it for a sender.");
}

void check_certificates(CheckedValues& values, SystemTime now) {
    for (std::string_view const key : {"custom_tls_ca_cert", "trusted_authorities"}) {
        if (!values.has(key))
            continue;
        auto const all = describe_certificates(values.text(key));
        if (!all) {
            values.fault(key, all.error().detail);
            continue;
        }
        if (all->size() > authorities_max)
            values.fault(
                key, "has " + std::to_string(all->size()) + " certificates; " +
                         std::to_string(authorities_max) + " at most.");
        for (CertificateFacts const& facts : *all)
            check_dates(values, key, facts, now);
        if (key == "custom_tls_ca_cert" && all->front().names.empty())
            values.note(
                key,
                "has no subjectAltName: browsers refuse such a certificate (RFC 9110, 4.3.4).");
    }
    if (!values.has("custom_tls_ca_cert") || !values.has("custom_tls_private_key"))
        return;
    auto const served = TlsContext::server(
        CertificateText{values.text("custom_tls_ca_cert"), values.text("custom_tls_private_key")});
    if (!served)
        values.fault("custom_tls_private_key", served.error().detail);
}

}  // namespace millrace::configurator
