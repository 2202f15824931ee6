// SPDX-License-Identifier: Apache-2.0
#include "configurator/form/settings.hpp"

#include "configurator/form/checked_values.hpp"
#include "configurator/form/settings_checks.hpp"

namespace millrace::configurator {
namespace {

NetworkSettings network_of(CheckedValues const& values) {
    NetworkSettings network;
    network.hostname = values.text("hostname");
    if (auto const address = values.ipv4("ipaddress"))
        network.ipv4 = Ipv4Network{*address, values.number("netmask")};
    network.gateway = values.ipv4("gateway");
    network.ipv6 = values.text("ipv6_address");
    network.ipv6_gateway = values.text("ipv6_gateway");
    network.dns = values.list("dns");
    network.search_domains = values.list("domain");
    network.ntp = values.list("ntp");
    network.pods = parse_ipv4_network(values.text("pod_network_cidr")).value_or(Ipv4Network{});
    network.services =
        parse_ipv4_network(values.text("service_network_cidr")).value_or(Ipv4Network{});
    return network;
}

AccessSettings access_of(CheckedValues const& values) {
    return {
        .root_password = values.secret("root_password"),
        .ssh = values.is_on("enable_ssh"),
        .ssh_keys = values.list("ssh_authorized_keys"),
        .console_user = values.text("endpoint_username"),
        .console_password = values.secret("endpoint_password")};
}

ServerSettings server_of(CheckedValues const& values, std::string const& prefix) {
    return {
        .address = values.text(prefix + "_server"),
        .user = values.text(prefix + "_username"),
        .password = values.secret(prefix + "_password"),
        .verify_tls = !values.is_on(prefix + "_disable_tls_verification")};
}

SourceSettings sources_of(CheckedValues const& values) {
    SourceSettings sources;
    for (char const* const prefix : {"vcenter", "vcenter2"})
        if (values.has(std::string(prefix) + "_server"))
            sources.vcenters.push_back(server_of(values, prefix));
    sources.age_max = seconds(values.number("vcenter_checkpoint_age"));
    sources.checkpoint_period = seconds(values.number("vcenter_checkpoint_period"));
    if (values.is_on("horizon")) {
        sources.horizon = server_of(values, "horizon");
        sources.horizon_domain = values.text("horizon_domain");
    }
    sources.webhook = values.is_on("webhook");
    sources.webhook_user = values.text("webhook_username");
    sources.webhook_password = values.secret("webhook_password");
    return sources;
}

ProxySettings proxy_of(CheckedValues const& values) {
    return {
        .http = values.text("http_proxy"),
        .https = values.text("https_proxy"),
        .user = values.text("proxy_username"),
        .password = values.secret("proxy_password"),
        .exceptions = values.list("no_proxy")};
}

SyslogSettings syslog_of(CheckedValues const& values) {
    return {
        .host = values.text("syslog_server_hostname"),
        .port = static_cast<std::uint16_t>(values.number("syslog_server_port")),
        .protocol = values.text("syslog_server_protocol"),
        .format = values.text("syslog_server_format")};
}

}  // namespace

ReadSettings read_settings(PropertyTexts const& given, SystemTime now, NeededSecrets secrets) {
    CheckedValues values(given, secrets);
    check_networks(values);
    check_names(values);
    check_certificates(values, now);
    if (Faults faults = values.take_faults(); !faults.empty())
        return {std::unexpected(std::move(faults)), values.take_notes()};
    Settings settings{
        .network = network_of(values),
        .access = access_of(values),
        .sources = sources_of(values),
        .proxy = proxy_of(values),
        .certificates =
            {.chain_pem = values.text("custom_tls_ca_cert"),
             .key_pem = values.secret("custom_tls_private_key"),
             .authorities_pem = values.text("trusted_authorities")},
        .syslog = syslog_of(values),
        .debug = values.is_on("debug")};
    return {std::move(settings), values.take_notes()};
}

}  // namespace millrace::configurator
