// SPDX-License-Identifier: Apache-2.0
// The whole appliance: from its form to an event of vCenter in a function.
#include <poll.h>

#include <iostream>
#include <random>

#include "tests/appliance/whole_appliance.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/environment_number.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr nanoseconds power_off_limit = 15s;

Json step_of(Guest& guest, std::string const& id) {
    Json const status = guest.status();
    for (Json const& step : *find_json(status, "steps"))
        if (string_at(step, "id") == id)
            return step;
    return {};
}

}  // namespace

TEST_CASE("appliance: from the form to an event of vCenter in a function, and again after a boot") {
    Guest guest;
    guest.insert(whole_form());
    SteadyTime begin = steady_now();
    guest.power_on();
    Vcenter vcenter(guest);
    vcenter.start();
    WebPage page(guest);
    wait_until("the web page answers", 60s, [&] { return page.status_of("/healthz") == 200; });
    std::cout << "power on to web page: " << seconds_since(begin) << " s\n";
    guest.reach("finished");
    std::cout << "power on to configured: " << seconds_since(begin) << " s\n";
    CHECK(string_at(step_of(guest, "vcenter"), "problem").empty());
    sign_in(page);
    make_function(page);
    wait_until("an event in the function", event_limit, [&] { return calls_of(page) > 0; });
    std::cout << "power on to first event in the function: " << seconds_since(begin) << " s\n";

    // Certificates are looked at while all of it runs.
    std::string const started = "systemctl show --property=MainPID --value millrace-console";
    std::string const before_renewal = guest.run(started);
    guest.run("systemctl start millrace-node-renew.service");
    CHECK(guest.run(started) == before_renewal);
    CHECK(guest.run("systemctl list-units --failed --quiet").empty());
    CHECK(guest
              .lan_run("for port in 22 53 2379 6443 8080 8081 10250 30443; do timeout 2 bash -c "
                       "\"</dev/tcp/192.168.10.20/$port\" 2>/dev/null && echo $port; done; true")
              .empty());
    for (std::string const& canary :
         {std::string("R00t -e"), std::string("C0ns0le"), std::string("Vc3nter")}) {
        INFO(canary);
        CHECK_FALSE(guest.succeeds(
            "grep -rqs --exclude-dir=proc --exclude-dir=sys --exclude-dir=dev -e '" + canary +
            "' /etc /home /opt /root /run /srv /tmp /usr/local /var"));
        CHECK_FALSE(guest.succeeds("journalctl --all | grep -qF '" + canary + "'"));
    }

    auto const off = guest.power_off();
    std::cout << "power off: " << std::chrono::duration<double>(off).count() << " s\n";
    CHECK(off < power_off_limit);
    begin = steady_now();
    guest.power_on();
    sign_in(page);
    std::int64_t const before = calls_of(page);
    wait_until("an event after the boot", event_limit, [&] { return calls_of(page) > before; });
    std::cout << "later boot to an event in the function: " << seconds_since(begin) << " s\n";
    guest.reach("finished");
}

TEST_CASE(
    "appliance: another address is given up when nobody confirms it, and kept when one does") {
    Guest guest;
    guest.insert(whole_form());
    guest.boot();
    guest.reach("finished");
    WebPage page(guest);
    WebPage moved(guest, "192.168.10.21");
    Json const values = {{"values", {{"ipaddress", "192.168.10.21"}}}};
    auto const move = [&] {
        sign_in(page);
        wait_until("a change can be made", 60s, [&] {
            return page.put("/appliance/system", values) == 202;
        });
        SteadyTime const begin = steady_now();
        sign_in(moved);
        std::cout << "another address, and signed in there: " << seconds_since(begin) << " s\n";
    };
    move();
    CHECK(page.status_of("/healthz") == 0);
    wait_until("the old address again", 120s, [&] { return page.status_of("/healthz") == 200; });
    sign_in(page);
    Json system = page.get("/appliance/system");
    CHECK(string_at(system, "last/outcome") == "undone");
    CHECK(string_at(system, "values/ipaddress") == "192.168.10.20");

    move();
    CHECK(moved.post("/appliance/system/confirm", {}) == 204);
    std::string const new_password = "Another r00t one";
    CHECK(moved.put("/appliance/system", {{"values", {{"root_password", new_password}}}}) == 202);
    wait_until("the password is set", 60s, [&] {
        system = moved.get("/appliance/system");
        return !system.contains("trial");
    });
    CHECK(string_at(system, "last/outcome") == "kept");
    guest.power_cut();
    guest.power_on();
    sign_in(moved);
    wait_until("the appliance has started", 120s, [&] {
        return moved.status_of("/api/v1/appliance/system") == 200;
    });
    CHECK(string_at(moved.get("/appliance/system"), "values/ipaddress") == "192.168.10.21");
    CHECK_FALSE(guest.succeeds("grep -rqs -e '" + new_password + "' /etc /run /var"));
}

TEST_CASE("appliance: a vCenter that is down is a warning, and is read once it is up") {
    Guest guest;
    guest.insert(whole_form());
    guest.boot();
    guest.reach("finished");
    Json const step = step_of(guest, "vcenter");
    CHECK(string_at(step, "state") == "warning");
    CHECK(string_at(step, "problem").starts_with("192.168.10.254:8443 is not read yet"));
    WebPage page(guest);
    sign_in(page);
    make_function(page);
    Vcenter vcenter(guest);
    vcenter.start();
    wait_until("an event in the function", event_limit, [&] { return calls_of(page) > 0; });
}

TEST_CASE("appliance: the power goes at random moments of the first boot; events come in the end") {
    auto const cuts = environment_number("MILLRACE_CLUSTER_CUTS").value_or(2);
    auto const seed = environment_number("MILLRACE_SEED").value_or(std::random_device()());
    std::cout << "seed " << seed << ", " << cuts << " power cuts\n";
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    for (std::uint64_t cut = 0; cut < cuts; ++cut) {
        Guest guest;
        guest.insert(whole_form());
        guest.power_on();
        auto const after_ms = static_cast<int>(2'000 + random() % 30'000);
        ::poll(nullptr, 0, after_ms);
        guest.power_cut();
        SteadyTime const begin = steady_now();
        guest.power_on();
        Vcenter vcenter(guest);
        vcenter.start();
        guest.reach("finished");
        WebPage page(guest);
        sign_in(page);
        make_function(page);
        wait_until("an event in the function", event_limit, [&] { return calls_of(page) > 0; });
        std::cout << "cut after " << after_ms << " ms, then an event after " << seconds_since(begin)
                  << " s\n";
    }
}
