// SPDX-License-Identifier: Apache-2.0
#include "configurator/steps/steps.hpp"

namespace millrace::configurator {
namespace {

/// Names of wired interfaces by systemd and the kernel: not cni0, and none of the pods' own.
constexpr std::string_view wired = "en* eth*";

std::string spaced(std::vector<std::string> const& words) {
    std::string text;
    for (std::string const& word : words)
        text.append(text.empty() ? "" : " ").append(word);
    return text;
}

std::string line(std::string_view key, std::string const& value) {
    return value.empty() ? "" : std::string(key) + "=" + value + "\n";
}

std::string network_file(NetworkSettings const& network) {
    std::string text = "[Match]\nName=" + std::string(wired) + "\n\n[Network]\n";
    text += line("DHCP", network.ipv4 ? "no" : "ipv4");
    text += line("Address", network.ipv4 ? network.ipv4->text() : "");
    text += line("Gateway", network.gateway ? format_ipv4(*network.gateway) : "");
    text += line("Address", network.ipv6);
    text += line("Gateway", network.ipv6_gateway);
    text += line("IPv6AcceptRA", network.ipv6_gateway.empty() ? "yes" : "no");
    text += line("DNS", spaced(network.dns));
    text += line("Domains", spaced(network.search_domains));
    text += line("NTP", spaced(network.ntp));
    // A clone of the VM has another MAC address but, until it is personalised, the same machine-id.
    return text + "\n[DHCPv4]\nClientIdentifier=mac\nUseDomains=yes\n";
}

std::string hosts_file(NetworkSettings const& network) {
    std::string text =
        "127.0.0.1 localhost\n"
        "::1 localhost ip6-localhost ip6-loopback\n";
    std::string const& name = network.hostname;
    if (name.empty())
        return text;
    std::string const short_name = name.substr(0, name.find('.'));
    // Debian's way for a machine whose address may change (debian-reference, 5.1.1).
    text += (network.ipv4 ? format_ipv4(network.ipv4->address) : "127.0.1.1") + " " + name;
    return text + (short_name == name ? "" : " " + short_name) + "\n";
}

}  // namespace

Step hostname_step(NetworkSettings const& network) {
    Step step{.id = "hostname", .title = "Host name"};
    step.changes.emplace_back(WriteFile{"/etc/hosts", Secret(hosts_file(network))});
    if (network.hostname.empty()) {
        step.changes.emplace_back(RemoveFile{"/etc/hostname"});
    } else {
        step.changes.emplace_back(WriteFile{"/etc/hostname", Secret(network.hostname + "\n")});
        step.programs.push_back({.words = {"/usr/bin/hostname", "--file", "/etc/hostname"}});
    }
    return step;
}

Step network_step(NetworkSettings const& network) {
    Step step{.id = "network", .title = "Network"};
    step.changes.emplace_back(
        WriteFile{"/etc/systemd/network/10-millrace.network", Secret(network_file(network))});
    step.programs.push_back({.words = {"/usr/bin/networkctl", "reload"}});
    step.proofs.push_back(
        {.words = {"/usr/lib/systemd/systemd-networkd-wait-online", "--any", "--timeout=5"},
         .limit = 60s,
         .otherwise = network.ipv4
                          ? "The network is not up. Is the VM's network adapter connected?"
                          : "No address came by DHCP. Is the VM's network adapter connected, and "
                            "is there a DHCP server? Else set ipaddress."});
    return step;
}

Step time_step(NetworkSettings const& network) {
    Step step{.id = "time", .title = "Time", .is_optional = true};
    std::string const file = "/etc/systemd/timesyncd.conf.d/millrace.conf";
    if (network.ntp.empty())
        step.changes.emplace_back(RemoveFile{file});
    else
        step.changes.emplace_back(
            WriteFile{file, Secret("[Time]\nNTP=" + spaced(network.ntp) + "\n")});
    step.programs.push_back(
        {.words = {"/usr/bin/systemctl", "try-restart", "systemd-timesyncd.service"}});
    // Where DHCP names no server either, nobody is asked, and the host's clock has to do.
    if (!network.ntp.empty())
        step.proofs.push_back(
            {.words = {"/usr/bin/timedatectl", "show", "--property=NTPSynchronized", "--value"},
             .output = "yes",
             .limit = 20s,
             .otherwise = "No NTP server has answered: " + spaced(network.ntp) +
                          ". The clock is the host's until one does."});
    return step;
}

}  // namespace millrace::configurator
