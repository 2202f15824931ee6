// SPDX-License-Identifier: Apache-2.0
#include "tests/appliance/whole_appliance.hpp"

#include <poll.h>

#include <fstream>

#include "tests/support/catch.hpp"

namespace millrace::test {

Form whole_form() {
    return {
        {"hostname", "millrace.example.com"},
        {"ipaddress", "192.168.10.20"},
        {"gateway", "192.168.10.254"},
        {"dns", "192.168.10.254"},
        {"root_password", root_password},
        {"endpoint_username", "operator"},
        {"endpoint_password", console_password},
        {"vcenter_server", "192.168.10.254:8443"},
        {"vcenter_username", "administrator@vsphere.local"},
        {"vcenter_password", vcenter_password},
        {"vcenter_disable_tls_verification", "True"}};
}

Vcenter::Vcenter(Guest& guest, std::string const& events_per_second)
    : password_(folder_.path() / "password"),
      service_(launch(guest, events_per_second)) {
    std::ofstream(password_) << vcenter_password;
}

ChildLaunch Vcenter::launch(Guest& guest, std::string const& events_per_second) const {
    return {
        .program = "/usr/bin/nsenter",
        .arguments =
            {"--net=/run/netns/" + guest.lan_name(),
             std::string(MILLRACE_BINARY_DIR) + "/millrace-simulator",
             "--state=" + folder_.path().string(), "--password-file=" + password_.string(),
             "--vcenter-listen=192.168.10.254:8443", "--rate=" + events_per_second},
        .log_file = folder_.path() / "log",
        .address_file = {},
        .has_listen_flag = false,
        .probe = ""};
}

double seconds_since(SteadyTime begin) {
    return std::chrono::duration<double>(steady_now() - begin).count();
}

void wait_until(std::string const& what, nanoseconds limit, std::function<bool()> const& holds) {
    SteadyTime const begin = steady_now();
    while (!holds()) {
        INFO(what);
        REQUIRE(steady_now() - begin < limit);
        ::poll(nullptr, 0, 200);
    }
}

std::int64_t calls_of(WebPage& page) {
    if (page.status_of("/api/v1/functions/echo") != 200)
        return -1;
    return integer_at(page.get("/functions/echo"), "calls").value_or(0);
}

void sign_in(WebPage& page) {
    wait_until("the web page lets one in", 60s, [&] {
        return page.status_of("/healthz") != 0 && page.sign_in("operator", console_password);
    });
}

void make_function(WebPage& page) {
    Json function = {{"name", "echo"}, {"recipe", "echo"}};
    function["triggers"].push_back({{"types", Json::array()}, {"attributes", Json::array()}});
    REQUIRE(page.post("/functions", function) == 201);
}

ConfiguredAppliance::ConfiguredAppliance(
    Guest& guest, Form const& form, std::string const& events_per_second)
    : vcenter((guest.insert(form), guest.power_on(), guest), events_per_second),
      page(guest) {
    vcenter.start();
    guest.reach("finished");
    sign_in(page);
    make_function(page);
}

}  // namespace millrace::test
