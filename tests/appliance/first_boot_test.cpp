// SPDX-License-Identifier: Apache-2.0
// The scenarios of a first boot, on the appliance's own root file system and systemd.
#include <poll.h>

#include <iostream>
#include <random>
#include <set>
#include <sstream>

#include "tests/appliance/guest.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/environment_number.hpp"
#include "tests/support/run_shell.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

// A canary of each kind that broke readers before (research/veba.md 6.2).
std::string const root_password = "R00t -e $(x) `y` \"'\\ &<> %@: ü";
std::string const console_password = "C0ns0le !$& \"'\\ <canary>";

Form whole_form() {
    return {
        {"hostname", "Millrace.example.com"},
        {"ipaddress", "192.168.10.20"},
        {"netmask", "24 (255.255.255.0)"},
        {"gateway", "192.168.10.254"},
        {"dns", "192.168.10.254"},
        {"domain", "example.com"},
        {"root_password", root_password},
        {"endpoint_password", console_password},
        {"enable_ssh", "False"}};
}

bool has(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

std::string state_of(Guest& guest) {
    return string_at(guest.status(), "state");
}

/// Whether TCP reaches a program there, from the other end of the cable.
bool answers(Guest& guest, int port) {
    return guest.lan_succeeds(
        "timeout 2 bash -c '</dev/tcp/192.168.10.20/" + std::to_string(port) + "'");
}

/// Of TCP, on addresses that are not its own alone.
std::set<int> listening_ports(Guest& guest) {
    std::istringstream lines(
        guest.run("ss -Htln | awk '{print $4}' | grep -v '^127\\.' | sed 's/.*://'"));
    std::set<int> ports;
    for (int port = 0; lines >> port;)
        ports.insert(port);
    return ports;
}

/// Whether the machine itself answers on the web page's port: by its page, or that nobody is there
/// at this moment, since the console starts anew when the machine is configured.
bool is_reachable(Guest& guest) {
    std::string const said =
        guest.lan_run("timeout 2 bash -c '</dev/tcp/192.168.10.20/443' 2>&1 || echo no");
    return said.empty() || has(said, "refused");
}

/// Until systemd has nothing left to start and the form has been followed.
void boot_and_configure(Guest& guest) {
    REQUIRE(guest.boot() == "running");
    guest.reach("finished");
}

/// The set-up code on its screen.
std::string code_on_screen(Guest& guest) {
    std::string const screen = guest.screen();
    INFO(screen);
    std::string const label = "Code     ";
    auto const at = screen.find(label);
    REQUIRE(at != std::string::npos);
    return screen.substr(at + label.size(), 9);
}

/// A call of the set-up page's API from the other end of the cable: its status, then the answer.
std::string ask_page(
    Guest& guest, std::string const& url, std::string const& code, std::string const& words) {
    return guest.lan_run(
        "curl --silent --insecure --max-time 60 --header 'X-Requested-With: millrace' --header "
        "'Sec-Fetch-Site: same-origin' --header 'X-Millrace-Setup-Code: " +
        code + "' --write-out ' %{http_code}' " + url + words);
}

void sign_in_at_console(Guest& guest, std::string const& password) {
    guest.type("login: ", "root");
    guest.type("Password: ", password);
    guest.expect("root@");
}

}  // namespace

TEST_CASE("first boot: static network, passwords of any characters; one signs in, nobody else") {
    Guest guest;
    guest.insert(whole_form());
    auto const begin = steady_now();
    boot_and_configure(guest);
    auto const seconds = std::chrono::duration<double>(steady_now() - begin).count();
    std::cout << "first boot: " << seconds << " s\n";
    CHECK(state_of(guest) == "finished");
    CHECK(guest.run("hostname -f") == "millrace.example.com\n");
    CHECK(has(guest.run("ip -4 addr show eth0"), "192.168.10.20/24"));
    CHECK(has(guest.run("ip route"), "default via 192.168.10.254"));
    CHECK(has(guest.run("resolvectl dns eth0"), "192.168.10.254"));
    CHECK(is_reachable(guest));
    CHECK_FALSE(answers(guest, 22));
    CHECK_FALSE(guest.succeeds("systemctl is-active ssh"));
    // Kubernetes listens, too, but nobody outside gets there.
    for (int const port : listening_ports(guest)) {
        INFO(port);
        CHECK((port == 443 || !answers(guest, port)));
    }
    std::string const screen = guest.screen();
    INFO(screen);
    CHECK(has(screen, "millrace.example.com"));
    CHECK(has(screen, "192.168.10.20"));
    CHECK_FALSE(has(screen, "Code "));
    CHECK(has(screen, "This appliance is configured."));
    sign_in_at_console(guest, root_password);
}

TEST_CASE("first boot: no password is left anywhere: on the disk, in the journal, in the status") {
    Guest guest;
    guest.insert(whole_form());
    boot_and_configure(guest);
    for (std::string const& canary : {std::string("R00t -e"), std::string("C0ns0le")}) {
        INFO(canary);
        // Everything but the disc itself, which only root can read.
        CHECK_FALSE(guest.succeeds(
            "grep -rqs --exclude-dir=proc --exclude-dir=sys --exclude-dir=dev -e '" + canary +
            "' /etc /home /opt /root /run /srv /tmp /usr/local /var"));
        CHECK_FALSE(guest.succeeds("journalctl --all | grep -qF '" + canary + "'"));
    }
}

TEST_CASE("first boot: what VMware Tools have is taken, and is not there for others any more") {
    Guest guest;
    // A stand-in for vmtoolsd: it tests our reader, not VMware Tools.
    guest.put(
        "/usr/bin/vmtoolsd",
        "#!/bin/sh\ncase $2 in\n"
        "'info-get guestinfo.ovfEnv') cat /var/lib/ovfEnv ;;\n"
        "'info-set guestinfo.ovfEnv '*) echo \"${2#info-set guestinfo.ovfEnv }\" >/var/lib/ovfEnv "
        ";;\n"
        "*) exit 9 ;;\nesac\n",
        0755);
    guest.put("/etc/systemd/system/open-vm-tools.service", "[Service]\nExecStart=/bin/true\n");
    guest.put(
        "/var/lib/ovfEnv",
        R"(<Environment xmlns:oe="http://schemas.dmtf.org/ovf/environment/1"><PropertySection>
        <Property oe:key="guestinfo.root_password" oe:value="canary one"/>
        <Property oe:key="guestinfo.endpoint_password" oe:value="canary two"/>
        <Property oe:key="guestinfo.ipaddress" oe:value="192.168.10.20"/>
        </PropertySection></Environment>)");
    boot_and_configure(guest);
    CHECK(state_of(guest) == "finished");
    CHECK_FALSE(has(guest.run("vmtoolsd --cmd 'info-get guestinfo.ovfEnv'"), "canary"));
    CHECK(is_reachable(guest));
    // vCenter gives it again at each power on: it is taken away again, and changes nothing.
    guest.run(
        "echo '<Environment xmlns:oe=\"x\"><PropertySection><Property "
        "oe:key=\"guestinfo.hostname\" "
        "oe:value=\"canary\"/></PropertySection></Environment>' >/var/lib/ovfEnv; sync");
    guest.power_off();
    boot_and_configure(guest);
    CHECK_FALSE(has(guest.run("cat /var/lib/ovfEnv"), "canary"));
    CHECK_FALSE(has(guest.run("hostname"), "canary"));
}

TEST_CASE(
    "first boot: every field wrong is told, nothing is changed; corrected by web, it converges") {
    Guest guest;
    Form wrong;
    for (auto const* key :
         {"hostname", "ipaddress", "netmask", "gateway", "dns", "ntp", "enable_ssh",
          "vcenter_server", "horizon", "syslog_server_port", "custom_tls_ca_cert",
          "pod_network_cidr"})
        wrong[key] = "-- none of these --";
    wrong["root_password"] = "short";
    guest.insert(wrong);
    CHECK(guest.boot() == "running");
    guest.reach("invalid");
    for (auto const& [key, value] : wrong) {
        INFO(key);
        CHECK_FALSE(guest.fault_of(key).empty());
    }
    CHECK(guest.fault_of("endpoint_password").starts_with("is needed"));
    std::string const url = guest.wait_for_page();
    std::string const screen = guest.screen();
    INFO(screen);
    CHECK(has(screen, "Nothing was changed."));
    CHECK(has(screen, "hostname: \"-- none of these --\" is no host name"));
    CHECK_FALSE(guest.succeeds("test -e /etc/hostname"));
    CHECK_FALSE(guest.succeeds("test -e /etc/systemd/network/10-millrace.network"));
    CHECK_FALSE(guest.succeeds("test -e /etc/credstore/console.crt"));

    std::string const code = code_on_screen(guest);
    std::string const form = "/api/v1/setup/form";
    CHECK(has(ask_page(guest, url, "AAAA-AAAA", form), " 401"));
    CHECK(has(ask_page(guest, url, code, form), "\"ipaddress\":\"-- none of these --\""));
    // As the page does: values that are right, and those emptied that are not wanted.
    Json values = whole_form();
    for (auto const& [key, value] : wrong)
        if (!values.contains(key))
            values[key] = "";
    guest.write_in_lan("form.json", dump_json({{"values", values}}));
    std::string const put = form + " --request PUT --header 'Content-Type: application/json' ";
    std::string const part = R"(--data '{"values": {"ipaddress": "192.168.10.20"}}')";
    CHECK(has(ask_page(guest, url, code, put + part), " 422"));
    CHECK(state_of(guest) == "invalid");
    std::string const whole = "--data @" + guest.path_in_lan("form.json");
    CHECK(ask_page(guest, url, code, put + whole) == " 204");
    guest.reach("finished");
    CHECK(guest.run("hostname") == "millrace.example.com\n");
    CHECK(has(guest.run("ip -4 addr show eth0"), "192.168.10.20/24"));
    sign_in_at_console(guest, root_password);
}

TEST_CASE("first boot: without a form the web page asks for one, seconds after power on") {
    Guest guest;
    auto const begin = steady_now();
    guest.power_on();
    std::string const url = guest.wait_for_page();
    auto const seconds = std::chrono::duration<double>(steady_now() - begin).count();
    std::cout << "page answers after power on: " << seconds << " s\n";
    CHECK(seconds < 10);
    REQUIRE(guest.boot() == "running");
    guest.reach("waiting");
    CHECK(has(guest.screen(), "The VM has no OVF form."));
    CHECK(has(ask_page(guest, url, "", "/api/v1/setup/status"), "\"configured\":false"));
    CHECK(
        guest.run("systemctl show --property User --value millrace-console") ==
        "millrace-console\n");
}

TEST_CASE("first boot: corrected in the VM's properties, it converges") {
    Guest guest;
    auto form = whole_form();
    form["gateway"] = "192.168.99.1";
    guest.insert(form);
    CHECK(guest.boot() == "running");
    guest.reach("invalid");
    guest.power_off();
    guest.insert(whole_form());
    boot_and_configure(guest);
    CHECK(guest.run("hostname") == "millrace.example.com\n");
}

TEST_CASE("first boot: SSH by key alone, where the form brings one") {
    Guest guest;
    TemporaryFolder const keys;
    std::string const key = (keys.path() / "key").string();
    auto const made = run_shell("ssh-keygen -q -t ed25519 -N '' -C test -f " + key);
    REQUIRE(made.status == "ended with status 0");
    auto form = whole_form();
    form["enable_ssh"] = "True";
    form["ssh_authorized_keys"] = run_shell("cat " + key + ".pub").output;
    guest.insert(form);
    boot_and_configure(guest);
    std::string const options =
        "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes ";
    CHECK(
        has(guest.lan_run("ssh -i " + key + " " + options + "root@192.168.10.20 hostname -f"),
            "millrace.example.com"));
    CHECK_FALSE(guest.lan_succeeds(
        "ssh -o PubkeyAuthentication=no " + options + "root@192.168.10.20 true"));
}

TEST_CASE(
    "first boot: the power goes the moment it is configured; what its programs wrote is there") {
    Guest guest;
    auto form = whole_form();
    form["enable_ssh"] = "true";
    guest.insert(form);
    guest.power_on();
    guest.run(
        "until grep -q '\"sealed\": true' /var/lib/millrace/configurator/progress.json; "
        "do sleep 0.01; done 2>/dev/null");
    guest.power_cut();
    boot_and_configure(guest);
    CHECK(guest.run("systemctl is-enabled ssh") == "enabled\n");
    CHECK(guest.succeeds("ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key"));
    CHECK(guest.succeeds("test -s /etc/ssl/certs/ca-certificates.crt"));
    sign_in_at_console(guest, root_password);
}

TEST_CASE(
    "VM's screen: F2 asks who is there and changes the system; SSH for an hour ends by a restart") {
    Guest guest;
    guest.insert(whole_form());
    boot_and_configure(guest);
    guest.press("F2 change", "\x1b[[B");
    guest.press("Password: ", root_password + "\n");
    guest.press("Choose: ", "5\n");
    guest.press("Keep the changes? [y/N] ", "y\n");
    guest.press("Choose: ", "0\n");
    CHECK(answers(guest, 22));
    CHECK(guest.run("systemctl is-active millrace-ssh-off.timer") == "active\n");
    // The screen is back, and nobody is signed in there.
    guest.press("F12 restart", "\x1b[24~");
    guest.press("Password: ", "wrong\n");
    guest.press("Login incorrect", "");
    guest.power_off();
    guest.power_on();
    guest.boot();
    guest.run("until ! systemctl is-enabled --quiet millrace-ssh-off.service; do sleep 0.1; done");
    CHECK_FALSE(answers(guest, 22));
    CHECK_FALSE(guest.succeeds("systemctl is-active ssh"));
    CHECK(guest.run("systemctl list-units --failed --quiet").empty());
}

TEST_CASE("later boots: what a person has changed stays, and power off is orderly") {
    Guest guest;
    guest.insert(whole_form());
    boot_and_configure(guest);
    guest.run("echo root:changed-since | chpasswd; echo other >/etc/hostname");
    auto const off = guest.power_off();
    std::cout << "power off: " << std::chrono::duration<double>(off).count() << " s\n";
    CHECK(off < 15s);
    auto const begin = steady_now();
    boot_and_configure(guest);
    std::cout << "later boot: " << std::chrono::duration<double>(steady_now() - begin).count()
              << " s\n";
    CHECK(guest.run("hostname") == "other\n");
    sign_in_at_console(guest, "changed-since");
}

TEST_CASE("first boot: two machines of the same image share no identity") {
    auto const identities = [] {
        Guest guest;
        auto form = whole_form();
        form["enable_ssh"] = "true";
        guest.insert(form);
        boot_and_configure(guest);
        return std::vector<std::string>{
            guest.run("cat /etc/machine-id"), guest.run("cat /etc/ssh/ssh_host_ed25519_key.pub"),
            guest.run("sha256sum </etc/credstore/console.crt")};
    };
    auto const one = identities();
    auto const other = identities();
    for (std::size_t index = 0; index < one.size(); ++index)
        CHECK(one[index] != other[index]);
}

TEST_CASE("first boot: the power goes at random moments, unwritten data too; it converges") {
    auto const cuts = environment_number("MILLRACE_CUTS").value_or(5);
    auto const seed = environment_number("MILLRACE_SEED").value_or(std::random_device()());
    std::cout << "seed " << seed << ", " << cuts << " power cuts\n";
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    Guest guest;
    guest.insert(whole_form());
    for (std::uint64_t cut = 0; cut < cuts; ++cut) {
        guest.power_on();
        ::poll(nullptr, 0, static_cast<int>(random() % 6'000));
        guest.power_cut();
    }
    boot_and_configure(guest);
    CHECK(state_of(guest) == "finished");
    CHECK(guest.run("hostname -f") == "millrace.example.com\n");
    CHECK(is_reachable(guest));
    CHECK(guest.succeeds("test -s /etc/credstore/console.crt && test -s /etc/machine-id"));
    sign_in_at_console(guest, root_password);
}
