// SPDX-License-Identifier: Apache-2.0
// A copy of a configured appliance, as vCenter's "Clone" makes one: the same disk, another UUID,
// and a form of its own.
#include "tests/appliance/whole_appliance.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

/// What names a machine to others.
std::vector<std::string> identity_of(Guest& guest) {
    return {
        guest.run("cat /etc/machine-id"), guest.run("cat /etc/ssh/ssh_host_ed25519_key.pub"),
        guest.run("cat /etc/ssh/ssh_host_rsa_key.pub"),
        guest.run("openssl x509 -noout -pubkey -in /etc/credstore/console.crt")};
}

/// The machine of the tests has no firmware that tells its UUID; this is where it tells it.
void tell_uuid(Guest& guest) {
    guest.put(
        "/etc/systemd/system/millrace-identity.service.d/uuid.conf",
        "[Unit]\nConditionPathExists=\n[Service]\nExecStart=\nExecStart="
        "/usr/libexec/millrace/millrace-configurator identity --uuid-file=/dev/product_uuid\n");
}

void expect_event(WebPage& page) {
    sign_in(page);
    std::int64_t before = -1;
    wait_until(
        "the function is shown", event_limit, [&] { return (before = calls_of(page)) >= 0; });
    wait_until("an event in the function", event_limit, [&] { return calls_of(page) > before; });
}

}  // namespace

TEST_CASE("copy: it shares no identity with its origin, follows its own form, and has the data") {
    Form form = whole_form();
    form["enable_ssh"] = "True";
    Guest origin;
    tell_uuid(origin);
    std::vector<std::string> first;
    {
        ConfiguredAppliance appliance(origin, form);
        expect_event(appliance.page);
        first = identity_of(origin);
        origin.power_off();
    }

    Guest copy;
    copy.copy_disk(origin);
    form["hostname"] = "copy.example.com";
    form["ipaddress"] = "192.168.10.21";
    copy.insert(form);
    copy.power_on();
    Vcenter vcenter(copy);
    vcenter.start();
    copy.reach("finished");
    std::vector<std::string> const own = identity_of(copy);
    for (std::size_t index = 0; index < own.size(); ++index)
        CHECK(own[index] != first[index]);
    CHECK(copy.run("hostname -f") == "copy.example.com\n");
    CHECK(copy.lan_succeeds("ssh-keyscan -t ed25519 192.168.10.21 2>/dev/null | grep -q ed25519"));
    // What runs knows it: the journal is that of the new machine-id.
    CHECK(copy.succeeds("journalctl --quiet --boot --lines=1 | grep -q copy"));
    CHECK_FALSE(copy.succeeds("test -e /etc/millrace/is-copy"));
    CHECK(copy.run("systemctl list-units --failed --quiet").empty());
    WebPage page(copy, "192.168.10.21");
    expect_event(page);
    CHECK(
        copy.lan_run("openssl s_client -connect 192.168.10.21:443 </dev/null 2>/dev/null | "
                     "openssl x509 -noout -ext subjectAltName")
            .find("copy.example.com") != std::string::npos);

    // The origin is as it was, and so is the copy from now on.
    copy.power_off();
    copy.power_on();
    copy.reach("finished");
    CHECK(identity_of(copy) == own);
    copy.power_off();
    origin.power_on();
    origin.reach("finished");
    CHECK(identity_of(origin) == first);
    CHECK(origin.run("hostname -f") == "millrace.example.com\n");
}
