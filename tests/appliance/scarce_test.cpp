// SPDX-License-Identifier: Apache-2.0
// The appliance where there is little: of disk, of memory, and no way out of its network.
#include <algorithm>
#include <iostream>
#include <sstream>

#include "common/base/file.hpp"
#include "tests/appliance/whole_appliance.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

/// What one reads of the broker on the overview.
std::string trouble_of_broker(WebPage& page) {
    Json const overview = page.get("/overview");
    for (Json const& service : *find_json(overview, "services"))
        if (string_at(service, "name") == "broker")
            return string_at(service, "cause");
    return "there is no broker";
}

/// All but `left` MiB of what is free for who is not root is taken, as by a function or the log.
void fill_disk(Guest& guest, int left) {
    guest.run(
        "install -d -o 65532 /var/lib/millrace/taken && cd /var/lib/millrace/taken && "
        "setpriv --reuid=65532 --clear-groups fallocate --length "
        "$(($(df --output=avail --block-size=1 . | tail -n 1) - " +
        std::to_string(left) + " * 1048576)) file.$$");
}

/// vCenter's numbers of all events that are stored, sorted.
std::vector<std::int64_t> stored_events(WebPage& page) {
    std::vector<std::int64_t> numbers;
    std::string cursor;
    do {
        Json const found =
            page.get("/events?limit=200" + (cursor.empty() ? "" : "&cursor=" + cursor));
        for (Json const& event : *find_json(found, "items"))
            numbers.push_back(std::stoll(string_at(event, "id")));
        cursor = string_at(found, "next");
    } while (!cursor.empty());
    std::ranges::sort(numbers);
    return numbers;
}

/// MiB that no file backs, and the kernel's own for it.
std::string memory_in_use(Guest& guest) {
    return guest.run(
        "cd /sys/fs/cgroup; if [ -e memory ]; then cat memory/memory.kmem.usage_in_bytes "
        "memory/memory.stat; else cat memory.stat; fi | awk 'NF == 1 { sum += $1 } "
        "/^(total_rss|anon|kernel) / { sum += $2 } END { printf \"%d\", sum / 1048576 }'");
}

/// Killed for want of memory, on this whole machine since its start.
std::int64_t killed_for_memory(Guest& guest) {
    return std::stoll(guest.lan_run("awk '$1 == \"oom_kill\" { print $2 }' /proc/vmstat"));
}

}  // namespace

TEST_CASE(
    "appliance: a full disk keeps events in vCenter and is told; with room again all goes on") {
    Guest guest({.disk = "4G"});
    ConfiguredAppliance appliance(guest);
    WebPage& page = appliance.page;
    wait_until("an event in the function", event_limit, [&] { return calls_of(page) > 0; });

    fill_disk(guest, 100);
    wait_until("it is told", 30s, [&] { return !trouble_of_broker(page).empty(); });
    INFO(trouble_of_broker(page));
    CHECK(trouble_of_broker(page).starts_with("The event log cannot be written: The disk of "));
    CHECK(trouble_of_broker(page).find("MiB free, and 256 MiB are needed") != std::string::npos);
    fill_disk(guest, 1);

    // What is root's alone is enough for Kubernetes and the system.
    std::int64_t const before = calls_of(page);
    wait_until("what was stored before is delivered", 60s, [&] {
        return integer_at(page.get("/functions/echo"), "pending") == 0;
    });
    std::int64_t const kept = calls_of(page);
    CHECK(kept >= before);
    CHECK(guest.succeeds("kubectl create configmap one --from-literal=a=b && kubectl get pods -A"));
    CHECK(guest.succeeds("test -z \"$(kubectl get pods -A --no-headers | grep -v Running)\""));
    CHECK(guest.run("systemctl list-units --failed --quiet").empty());
    sign_in(page);
    auto const source = page.get("/sources");
    CHECK(string_at((*find_json(source, "items"))[0], "cause") == "The sink answered 503.");

    guest.run("rm -r /var/lib/millrace/taken");
    SteadyTime const begin = steady_now();
    // More than it gets in a minute where nothing was kept.
    wait_until("the events come that vCenter has kept", 120s, [&] {
        return calls_of(page) > kept && trouble_of_broker(page).empty();
    });
    std::cout << "room on the disk to events again: " << seconds_since(begin) << " s\n";
    // In order by entity alone: one that was refused again comes a moment later.
    std::vector<std::int64_t> numbers;
    wait_until("none of vCenter's events is missing", 60s, [&] {
        numbers = stored_events(page);
        return numbers.back() - numbers.front() + 1 == static_cast<std::int64_t>(numbers.size());
    });
    CHECK(std::ranges::adjacent_find(numbers) == numbers.end());
    wait_until("all of them were in the function", 60s, [&] {
        return calls_of(page) >= static_cast<std::int64_t>(numbers.size());
    });
    CHECK(integer_at(page.get("/functions/echo"), "failures") == 0);
}

TEST_CASE("appliance: 2 GiB of memory are enough, and a way out of its network is not needed") {
    // What a kernel takes for itself is not there for programs.
    Guest guest({.memory = "1900M"});
    auto form = whole_form();
    // There is nobody.
    form["gateway"] = "192.168.10.253";
    guest.insert(form);
    SteadyTime const begin = steady_now();
    guest.power_on();
    std::int64_t const killed = killed_for_memory(guest);
    Vcenter vcenter(guest);
    vcenter.start();
    guest.reach("finished");
    CHECK(guest.run("ip route show default").starts_with("default via 192.168.10.253 "));
    CHECK_FALSE(guest.succeeds("timeout 2 bash -c '</dev/tcp/192.0.2.1/443'"));
    WebPage page(guest);
    sign_in(page);
    make_function(page);
    wait_until("an event in the function", event_limit, [&] { return calls_of(page) > 0; });
    std::cout << "2 GiB: power on to first event in the function: " << seconds_since(begin)
              << " s\n";
    std::cout << "memory of programs and of the kernel for them: " << memory_in_use(guest)
              << " MiB\n";
    CHECK(killed_for_memory(guest) == killed);
    CHECK(guest.run("systemctl list-units --failed --quiet").empty());
}

// By hand, on a machine that does nothing else:
//   tests/appliance/run .../power_supply .../appliance_scarce "[figures]"
TEST_CASE(
    "appliance: at rest it takes 950 MiB and 10 % of a core at most, Debian included",
    "[.][figures]") {
    Guest guest;
    auto const figures = read_file(MILLRACE_SOURCE_DIR "/tests/appliance/figures.sh", 65'536);
    REQUIRE(figures);
    guest.put("/usr/local/sbin/figures", *figures, 0755);
    // An event now and then: the function stays, and does next to nothing.
    ConfiguredAppliance appliance(guest, whole_form(), "0.1");
    WebPage& page = appliance.page;
    wait_until("an event in the function", event_limit, [&] { return calls_of(page) > 0; });
    wait_until("ten minutes after its start", 660s, [&] {
        return std::stod(guest.run("cat /proc/uptime")) > 600;
    });
    std::string const table = guest.run("/usr/local/sbin/figures 110");
    std::cout << table;
    std::istringstream all(table.substr(table.rfind("all ")));
    std::string name;
    double mebibytes = 0;
    double anonymous = 0;
    double percent = 0;
    REQUIRE(all >> name >> mebibytes >> anonymous >> percent);
    CHECK(mebibytes <= 950);
    CHECK(percent <= 10);
}
