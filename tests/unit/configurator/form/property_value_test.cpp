// SPDX-License-Identifier: Apache-2.0
#include "configurator/form/property_value.hpp"

#include "common/base/encoding.hpp"
#include "common/net/tls.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::configurator;

namespace {

Property const& property(std::string const& key) {
    Property const* const found = find_property(key);
    REQUIRE(found != nullptr);
    return *found;
}

/// What the property's value is taken for, or what is said of it.
std::string read(std::string const& key, std::string const& text) {
    auto const value = read_value(property(key), text);
    return value ? *value : "! " + value.error();
}

bool is_refused(std::string const& key, std::string const& text, std::string const& part) {
    std::string const answer = read(key, text);
    INFO(answer);
    CHECK(answer.starts_with("! "));
    CHECK(answer.ends_with('.'));
    return answer.starts_with("! ") && answer.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("every default and example of the form is a value that its property takes") {
    for (Property const& one : properties())
        for (std::string_view const text : {one.fallback, one.example})
            if (!text.empty()) {
                auto const value = read_value(one, text);
                INFO(one.key << ": " << (value ? "" : value.error()));
                CHECK(value);
            }
}

TEST_CASE("booleans: what scripts for the old appliance said, and meant") {
    for (auto const* text : {"True", "true", "TRUE", "1", "yes", "on", " true ", "\"True\""})
        CHECK(read("enable_ssh", text) == "true");
    for (auto const* text : {"False", "false", "0", "No", "off"})
        CHECK(read("enable_ssh", text) == "false");
    CHECK(is_refused("enable_ssh", "maybe", "\"maybe\" must be true or false."));
}

TEST_CASE("network prefixes: every spelling of the same") {
    for (auto const* text : {"24", "/24", "24 (255.255.255.0)", "255.255.255.0"})
        CHECK(read("netmask", text) == "24");
    CHECK(read("netmask", "32 (255.255.255.255)") == "32");
    for (auto const* text : {"0", "33", "255.0.255.0", "x", "0 (0.0.0.0)"})
        CHECK(is_refused("netmask", text, "is no prefix length"));
}

TEST_CASE("addresses and networks: in the one spelling, else with an example") {
    CHECK(read("ipaddress", "192.168.10.20") == "192.168.10.20");
    CHECK(is_refused(
        "ipaddress", "192.168.1.300",
        "\"192.168.1.300\" is no IPv4 address; write it like 192.168.10.20."));
    CHECK(read("ipv6_address", "2001:DB8::5/64") == "2001:db8::5/64");
    CHECK(is_refused("ipv6_address", "2001:db8::5", "with its prefix"));
    CHECK(read("ipv6_gateway", "FE80::1") == "fe80::1");
    CHECK(read("pod_network_cidr", "10.32.0.0/12") == "10.32.0.0/12");
    CHECK(is_refused("pod_network_cidr", "10.10.3.0/16", "the network is 10.10.0.0/16."));
    CHECK(is_refused("pod_network_cidr", "10.10.0.0/28", "from /12 to /24"));
}

TEST_CASE("lists: spaces, commas or both between their members") {
    CHECK(
        list_members(read("dns", " 192.0.2.1,192.0.2.2  2001:DB8::1 ")) ==
        std::vector<std::string>{"192.0.2.1", "192.0.2.2", "2001:db8::1"});
    CHECK(list_members(read("domain", "Example.com")) == std::vector<std::string>{"example.com"});
    CHECK(list_members("").empty());
    CHECK(is_refused("dns", "192.0.2.1 ns.example.com", "\"ns.example.com\" is no IPv4 or IPv6"));
    CHECK(is_refused("dns", "192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4", "more than 3"));
    CHECK(is_refused("dns", ", ,", "nothing in it but separators"));
}

TEST_CASE("servers: a name or an address, a port where it is given, no URL") {
    CHECK(read("vcenter_server", "VC.example.com") == "vc.example.com");
    CHECK(read("vcenter_server", "vc.example.com:8443") == "vc.example.com:8443");
    CHECK(read("vcenter_server", "2001:DB8::1") == "[2001:db8::1]");
    CHECK(read("vcenter_server", "[2001:db8::1]:443") == "[2001:db8::1]:443");
    CHECK(is_refused("vcenter_server", "https://vc.example.com/sdk", "only its host is wanted"));
    CHECK(is_refused("vcenter_server", "vc.example.com:0", "port from 1 to 65535"));
    CHECK(is_refused("vcenter_server", "vc example", "is no host name or address"));
}

TEST_CASE("proxies: http, without a password in the URL") {
    CHECK(read("http_proxy", "HTTP://Proxy.example.com:3128/") == "http://proxy.example.com:3128");
    CHECK(is_refused("http_proxy", "proxy.example.com:3128", "begins with http://"));
    CHECK(is_refused("http_proxy", "https://proxy.example.com", "begins with http://"));
    std::string const answer = read("http_proxy", "http://me:hunter2@proxy.example.com");
    CHECK(answer.find("properties of their own") != std::string::npos);
    CHECK(answer.find("hunter2") == std::string::npos);
    CHECK(
        list_members(read("no_proxy", "*.Example.com,.corp,localhost,10.0.0.0/8,fd00::/8"))
            .size() == 5);
    CHECK(is_refused("no_proxy", "10.0.0.0/99", "is no name, .domain, address or network"));
}

TEST_CASE("passwords: any character but those that end a line, as they were given") {
    for (auto const* text :
         {" 8 spaces ", "\"quoted\"", "-e $(x) `y`", "%@:/\\#&<>'", "pässwörd✓", "********"})
        CHECK(read("root_password", text) == text);
    CHECK(is_refused("root_password", "short", "needs at least 8 characters"));
    // Characters, not bytes.
    CHECK(is_refused("root_password", "✓✓✓", "needs at least 8 characters"));
    CHECK(read("root_password", "✓✓✓✓✓✓✓✓") == "✓✓✓✓✓✓✓✓");
    CHECK(is_refused("root_password", std::string(129, 'x'), "has 129 characters; 128 at most"));
    CHECK(is_refused("root_password", "two\nlines here", "control character"));
    CHECK(is_refused("root_password", "bad \xFF bytes", "is not UTF-8"));
}

TEST_CASE("no message about a secret has any of it") {
    for (auto const* key : {"root_password", "endpoint_password", "custom_tls_private_key"}) {
        std::string const answer = read(key, "hunter2\n");
        INFO(answer);
        CHECK(answer.starts_with("! "));
        CHECK(answer.find("hunter") == std::string::npos);
    }
}

TEST_CASE("numbers: whole, within the bounds") {
    CHECK(read("syslog_server_port", "6514") == "6514");
    for (auto const* text : {"0", "65536", "-1", "1.5", "514x", "99999999999999999999"})
        CHECK(is_refused("syslog_server_port", text, "a whole number from 1 to 65535"));
}

TEST_CASE("choices: whatever the case of their letters") {
    CHECK(read("syslog_server_protocol", "tls") == "TLS");
    CHECK(is_refused("syslog_server_protocol", "SCTP", "one of TCP, TLS, UDP"));
}

TEST_CASE("SSH keys: whole public keys, a line each") {
    std::string const key(property("ssh_authorized_keys").example);
    CHECK(list_members(read("ssh_authorized_keys", key)) == std::vector<std::string>{key});
    CHECK(list_members(read("ssh_authorized_keys", key + ", " + key)).size() == 2);
    CHECK(is_refused("ssh_authorized_keys", "command=\"x\" " + key, "no options"));
    CHECK(is_refused("ssh_authorized_keys", key.substr(0, 40), "has a damaged key"));
    CHECK(is_refused("ssh_authorized_keys", "ssh-ed25519", "has a damaged key"));
    CHECK(is_refused("ssh_authorized_keys", "ssh-rsa " + key.substr(12), "has a damaged key"));
}

TEST_CASE("certificates and keys: PEM in base64, each in its place") {
    auto const made = make_self_signed_certificate({"a.example"}, 1);
    REQUIRE(made);
    CHECK(
        read("custom_tls_ca_cert", base64_encode(made->certificate_pem)) == made->certificate_pem);
    CHECK(read("custom_tls_private_key", base64_encode(made->key_pem)) == made->key_pem);
    CHECK(is_refused("custom_tls_ca_cert", made->key_pem, "has a private key in it"));
    CHECK(is_refused("custom_tls_private_key", made->certificate_pem, "has no private key in it"));
    CHECK(is_refused(
        "custom_tls_private_key",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----",
        "locked with a passphrase"));
    CHECK(is_refused("trusted_authorities", "AAAA", "no PEM"));
}
