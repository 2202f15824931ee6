// SPDX-License-Identifier: Apache-2.0
#include "configurator/environment/ovf_environment.hpp"

#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::configurator;

namespace {

/// As vCenter writes it (DSP8027).
std::string environment(std::string const& properties, std::string const& more = "") {
    return R"(<?xml version="1.0" encoding="UTF-8"?>
<Environment xmlns="http://schemas.dmtf.org/ovf/environment/1"
     xmlns:oe="http://schemas.dmtf.org/ovf/environment/1"
     xmlns:ve="http://www.vmware.com/schema/ovfenv" oe:id="" ve:vCenterId="vm-42">
   <PlatformSection><Kind>VMware ESXi</Kind></PlatformSection>
   <PropertySection>)" +
           properties + "</PropertySection>" + more + "</Environment>";
}

}  // namespace

TEST_CASE("OVF environment: properties by key, every character of a password") {
    auto const texts = parse_ovf_environment(environment(
        R"(<Property oe:key="guestinfo.hostname" oe:value="vm.example.com"/>
           <Property oe:key="guestinfo.root_password" oe:value="&lt;&amp;&quot;'$%\ -e  ü&#10;"/>
           <Property oe:key="guestinfo.dns" oe:value=""/>
           <Property oe:key="vami.something" oe:value="of another"/>)"));
    REQUIRE(texts);
    CHECK(texts->size() == 3);
    CHECK(texts->at("hostname").reveal() == "vm.example.com");
    CHECK(texts->at("root_password").reveal() == "<&\"'$%\\ -e  ü\n");
    CHECK(texts->at("dns").empty());
}

TEST_CASE("OVF environment: whatever prefix stands for the namespace") {
    auto const texts = parse_ovf_environment(
        R"(<a:Environment xmlns:a="http://schemas.dmtf.org/ovf/environment/1"><a:PropertySection>
           <a:Property a:key="guestinfo.dns" a:value="192.0.2.1"/>
           </a:PropertySection></a:Environment>)");
    REQUIRE(texts);
    CHECK(texts->at("dns").reveal() == "192.0.2.1");
}

TEST_CASE("OVF environment: what another machine of the vApp has is not ours") {
    auto const texts = parse_ovf_environment(environment(
        R"(<Property oe:key="guestinfo.dns" oe:value="192.0.2.1"/>)",
        R"(<Entity oe:id="other"><PropertySection>
           <Property oe:key="guestinfo.dns" oe:value="192.0.2.9"/>
           <Property oe:key="guestinfo.ntp" oe:value="192.0.2.9"/></PropertySection></Entity>)"));
    REQUIRE(texts);
    CHECK(texts->size() == 1);
    CHECK(texts->at("dns").reveal() == "192.0.2.1");
}

TEST_CASE("OVF environment: a machine without a form has none of ours, which is no error") {
    auto const texts = parse_ovf_environment(environment(""));
    REQUIRE(texts);
    CHECK(texts->empty());
}

TEST_CASE("OVF environment: what is none is told, without a value of it") {
    auto const told = [](std::string const& xml) {
        auto const texts = parse_ovf_environment(xml);
        REQUIRE_FALSE(texts);
        CHECK(texts.error().detail.find("hunter2") == std::string::npos);
        return texts.error().detail;
    };
    CHECK(told("").starts_with("The OVF environment is no XML: "));
    CHECK(told("NULL").starts_with("The OVF environment "));
    CHECK(
        told("<Environment><Property oe:value=\"hunter2\"").starts_with("The OVF environment is"));
    CHECK(told("<Envelope/>").find("no element Environment") != std::string::npos);
    CHECK(
        told(environment(R"(<Property oe:key="guestinfo.dns"/>)")).find("without value") !=
        std::string::npos);
    CHECK(
        told(environment(R"(<Property oe:value="hunter2"/>)")).find("without key") !=
        std::string::npos);
    CHECK(
        told(environment(R"(<Property oe:key="guestinfo.dns" oe:value="hunter2"/>
                            <Property oe:key="guestinfo.dns" oe:value="other"/>)"))
            .find("guestinfo.dns twice") != std::string::npos);
    auto const large = parse_ovf_environment(std::string(environment_bytes_max + 1, ' '));
    REQUIRE_FALSE(large);
    CHECK(large.error().code == ErrorCode::too_large);
}
