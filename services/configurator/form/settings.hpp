// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.hpp"
#include "common/base/result.hpp"
#include "configurator/form/address.hpp"
#include "configurator/form/property.hpp"

namespace millrace::configurator {

/// How the appliance is reached. Nothing where DHCP or the network's routers say it.
struct NetworkSettings {
    std::string hostname;
    std::optional<Ipv4Network> ipv4;  ///< its own address and its network's prefix
    std::optional<std::uint32_t> gateway;
    std::string ipv6;  ///< with prefix
    std::string ipv6_gateway;
    std::vector<std::string> dns;
    std::vector<std::string> search_domains;
    std::vector<std::string> ntp;
    Ipv4Network pods;
    Ipv4Network services;
};

struct AccessSettings {
    Secret root_password;
    bool ssh = false;
    std::vector<std::string> ssh_keys;
    std::string console_user;
    Secret console_password;
};

/// A vCenter or Horizon Connection Server.
struct ServerSettings {
    std::string address;  ///< host, or host:port
    std::string user;
    Secret password;
    bool verify_tls = true;
};

struct SourceSettings {
    std::vector<ServerSettings> vcenters;
    seconds age_max{0};  ///< how old an event may be to be fetched after an outage
    seconds checkpoint_period{0};
    std::optional<ServerSettings> horizon;
    std::string horizon_domain;
    bool webhook = false;
    std::string webhook_user;
    Secret webhook_password;
};

struct ProxySettings {
    std::string http;
    std::string https;
    std::string user;
    Secret password;
    std::vector<std::string> exceptions;
};

/// So many certificate authorities can a form bring.
inline constexpr std::size_t authorities_max = 32;

struct CertificateSettings {
    std::string chain_pem;  ///< empty: the appliance makes its own
    Secret key_pem;
    std::string authorities_pem;
};

struct SyslogSettings {
    std::string host;  ///< empty: no log leaves the appliance
    std::uint16_t port = 0;
    std::string protocol;
    std::string format;
};

/// All that the form says, each value checked and in its one spelling.
struct Settings {
    NetworkSettings network;
    AccessSettings access;
    SourceSettings sources;
    ProxySettings proxy;
    CertificateSettings certificates;
    SyslogSettings syslog;
    bool debug = false;
};

/// What was read: the settings where nothing is wrong, and what a person should know anyway.
struct ReadSettings {
    Checked<Settings> settings;
    Faults notes;  ///< what was given and has no effect, by key
};

/// Reads what was given, each value by its type, then what several say together. All faults at
/// once, each by the property's key; none has a secret in it. A property that was left empty has
/// its default. `now`: certificates are looked at as of then.
ReadSettings read_settings(
    PropertyTexts const& given, SystemTime now, NeededSecrets secrets = NeededSecrets::given);

}  // namespace millrace::configurator
