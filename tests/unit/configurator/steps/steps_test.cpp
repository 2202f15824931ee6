// SPDX-License-Identifier: Apache-2.0
#include "configurator/steps/steps.hpp"

#include <algorithm>

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::configurator;

namespace {

/// What the step writes there, or "(none)".
std::string content_of(Step const& step, std::string const& path) {
    for (Change const& change : step.changes)
        if (auto const* const file = std::get_if<WriteFile>(&change); file && file->path == path)
            return file->content.reveal();
    return "(none)";
}

bool removes(Step const& step, std::string const& path) {
    return std::ranges::any_of(step.changes, [&](Change const& change) {
        auto const* const file = std::get_if<RemoveFile>(&change);
        return file != nullptr && file->path == path;
    });
}

bool runs(Step const& step, std::string const& words) {
    return std::ranges::any_of(
        step.programs, [&](Program const& one) { return describe(one) == "run " + words; });
}

NetworkSettings static_network() {
    return {
        .hostname = "millrace.example.com",
        .ipv4 = Ipv4Network{*parse_ipv4("192.168.10.20"), 24},
        .gateway = parse_ipv4("192.168.10.1"),
        .dns = {"192.168.10.2", "2001:db8::2"},
        .search_domains = {"example.com", "example.net"},
        .ntp = {"ntp.example.com"}};
}

}  // namespace

TEST_CASE("host name: its own, of the address where that stays") {
    Step const fixed = hostname_step(static_network());
    CHECK(content_of(fixed, "/etc/hostname") == "millrace.example.com\n");
    CHECK(
        content_of(fixed, "/etc/hosts") ==
        "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n"
        "192.168.10.20 millrace.example.com millrace\n");
    CHECK(runs(fixed, "/usr/bin/hostname --file /etc/hostname"));
    NetworkSettings by_dhcp;
    by_dhcp.hostname = "millrace";
    CHECK(content_of(hostname_step(by_dhcp), "/etc/hosts").ends_with("127.0.1.1 millrace\n"));
    Step const none = hostname_step({});
    CHECK(removes(none, "/etc/hostname"));
    CHECK(none.programs.empty());
}

TEST_CASE("network: static, every server of a list counts (research: VEBA #310)") {
    CHECK(
        content_of(network_step(static_network()), "/etc/systemd/network/10-millrace.network") ==
        "[Match]\nName=en* eth*\n\n[Network]\nDHCP=no\nAddress=192.168.10.20/24\n"
        "Gateway=192.168.10.1\nIPv6AcceptRA=yes\nDNS=192.168.10.2 2001:db8::2\n"
        "Domains=example.com example.net\nNTP=ntp.example.com\n"
        "\n[DHCPv4]\nClientIdentifier=mac\nUseDomains=yes\n");
}

TEST_CASE("network: DHCP where there is no address, IPv6 as it is given") {
    NetworkSettings network;
    network.ipv6 = "2001:db8::5/64";
    network.ipv6_gateway = "fe80::1";
    Step const step = network_step(network);
    CHECK(
        content_of(step, "/etc/systemd/network/10-millrace.network")
            .starts_with("[Match]\nName=en* eth*\n\n[Network]\nDHCP=ipv4\nAddress=2001:db8::5/64\n"
                         "Gateway=fe80::1\nIPv6AcceptRA=no\n"));
    REQUIRE(step.proofs.size() == 1);
    CHECK(step.proofs[0].otherwise.find("DHCP") != std::string::npos);
}

TEST_CASE("time: the form's servers; a clock that nobody sets is a warning") {
    Step const step = time_step(static_network());
    CHECK(step.is_optional);
    CHECK(
        content_of(step, "/etc/systemd/timesyncd.conf.d/millrace.conf") ==
        "[Time]\nNTP=ntp.example.com\n");
    REQUIRE(step.proofs.size() == 1);
    CHECK(step.proofs[0].output == "yes");
    Step const none = time_step({});
    CHECK(removes(none, "/etc/systemd/timesyncd.conf.d/millrace.conf"));
    CHECK(none.proofs.empty());
}

TEST_CASE("passwords: to the input of chpasswd, as they are, never among its words") {
    AccessSettings access;
    access.root_password = Secret("-e $(x) : \"'\\ ü");
    Step const step = passwords_step(access);
    REQUIRE(step.programs.size() == 1);
    CHECK(step.programs[0].input.reveal() == "root:-e $(x) : \"'\\ ü\n");
    CHECK(describe(step.programs[0]) == "run /usr/sbin/chpasswd");
    CHECK(describe({step}).find("$(x)") == std::string::npos);
}

TEST_CASE("SSH: off, nothing of it is left and the door is closed") {
    Step const step = ssh_step({});
    CHECK(removes(step, "/root/.ssh/authorized_keys"));
    CHECK(removes(step, "/etc/nftables.d/ssh.nft"));
    CHECK(runs(step, "/usr/sbin/nft --file /etc/nftables.conf"));
    CHECK(runs(step, "/usr/bin/systemctl disable --now ssh.service"));
}

TEST_CASE("SSH: on, by password, or by key alone where the form has one") {
    AccessSettings access;
    access.ssh = true;
    Step const by_password = ssh_step(access);
    std::string const file = "/etc/ssh/sshd_config.d/10-millrace.conf";
    CHECK(content_of(by_password, file).starts_with("PermitRootLogin yes\n"));
    CHECK(
        content_of(by_password, "/etc/nftables.d/ssh.nft")
            .find("inet millrace input tcp dport ssh accept") != std::string::npos);
    CHECK(runs(by_password, "/usr/bin/systemctl enable --now ssh.service"));
    access.ssh_keys = {"ssh-ed25519 AAAA a", "ssh-ed25519 BBBB b"};
    Step const by_key = ssh_step(access);
    CHECK(
        content_of(by_key, "/root/.ssh/authorized_keys") ==
        "ssh-ed25519 AAAA a\nssh-ed25519 BBBB b\n");
    CHECK(content_of(by_key, file)
              .starts_with("PermitRootLogin prohibit-password\nPasswordAuthentication no\n"));
}

TEST_CASE("trust: a file for each authority, and none of a form before") {
    std::string const block = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    CertificateSettings certificates;
    certificates.authorities_pem = block + block;
    Step const step = trust_step(certificates);
    auto const* const folder = std::get_if<KeepFolder>(&step.changes.at(0));
    REQUIRE(folder != nullptr);
    REQUIRE(folder->files.size() == 2);
    CHECK(folder->files[1].path == "/usr/local/share/ca-certificates/millrace/2.crt");
    CHECK(folder->files[1].content.reveal() == block);
    auto const none = trust_step({});
    CHECK(std::get<KeepFolder>(none.changes.at(0)).files.empty());
    CHECK(runs(none, "/usr/sbin/update-ca-certificates"));
}

TEST_CASE("web page: user and password of the form, the password in no command line") {
    AccessSettings access;
    access.console_user = "o'neil";
    access.console_password = Secret("se cret");
    Step const step = web_page_step(access);
    REQUIRE(step.programs.size() == 1);
    CHECK(step.programs[0].input.reveal() == "se cret");
    CHECK(step.programs[0].words.at(2) == "--user=o'neil");
    CHECK(describe({step}).find("se cret") == std::string::npos);
}

TEST_CASE("certificate: the form's, else one of our own for name and address") {
    CertificateSettings given;
    given.chain_pem = "chain";
    given.key_pem = Secret("key");
    Step const step = certificate_step(given, {});
    CHECK(content_of(step, "/etc/credstore/console.crt") == "chain");
    auto const& key = std::get<WriteFile>(step.changes.at(0));
    CHECK(key.path == "/etc/credstore/console.key");
    CHECK(key.mode == 0600);
    auto const own = certificate_step({}, static_network());
    CHECK(
        std::get<KeepCertificate>(own.changes.at(0)).request.names ==
        std::vector<std::string>{"millrace.example.com", "millrace", "192.168.10.20"});
    auto const by_dhcp = certificate_step({}, {});
    CHECK(
        std::get<KeepCertificate>(by_dhcp.changes.at(0)).request.names ==
        std::vector<std::string>{"millrace"});
}

TEST_CASE("syslog: protocol, format and port of the form; off, nothing is sent") {
    std::string const file = "/etc/rsyslog.d/10-collector.conf";
    SyslogSettings syslog{
        .host = "log.example.com", .port = 514, .protocol = "UDP", .format = "RFC3164"};
    std::string const plain = content_of(syslog_step(syslog), file);
    CHECK(
        plain.find("target=\"log.example.com\" port=\"514\" protocol=\"udp\"") !=
        std::string::npos);
    CHECK(plain.find("RSYSLOG_TraditionalForwardFormat") != std::string::npos);
    CHECK(plain.find("StreamDriver") == std::string::npos);
    syslog = {.host = "[2001:db8::9]:6514", .port = 514, .protocol = "TLS", .format = "RFC5424"};
    std::string const secured = content_of(syslog_step(syslog), file);
    CHECK(
        secured.find("target=\"2001:db8::9\" port=\"6514\" protocol=\"tcp\"") != std::string::npos);
    CHECK(secured.find("StreamDriverAuthMode=\"x509/name\"") != std::string::npos);
    CHECK(secured.find("RSYSLOG_SyslogProtocol23Format") != std::string::npos);
    Step const off = syslog_step({});
    CHECK(removes(off, file));
    CHECK(runs(off, "/usr/bin/systemctl disable --now rsyslog.service"));
}
