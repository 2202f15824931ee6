// SPDX-License-Identifier: Apache-2.0
#include "simulator/events/event_filter.hpp"

#include "simulator/events/event_catalog.hpp"
#include "simulator/world/inventory_builder.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/simulator/vcenter.hpp"

namespace millrace::simulator {
namespace {

using Recursion = EventFilter::Recursion;
using Numbers = std::vector<std::size_t>;

/// Events of everything there is on the way from the root to a VM: by number.
struct Site {
    Site() {
        events.append(catalog.login({.user_name = "ada"}), test::noon);  // 0
        events.append(
            catalog.user_message({"Datacenter", "datacenter-2"}, "m", {}), later(1));         // 1
        events.append(catalog.user_message({"X", "domain-c8"}, "m", {}), later(2));           // 2
        events.append(catalog.host("EnteredMaintenanceModeEvent", "host-21", {}), later(3));  // 3
        events.append(catalog.vm("VmPoweredOnEvent", "vm-57", {"ada", 0}), later(4));         // 4
        events.append(catalog.vm("VmPoweredOnEvent", "vm-58", {"bob", 0}), later(5));         // 5
    }
    static SystemTime later(int seconds) { return test::noon + std::chrono::seconds(seconds); }

    Numbers matched(EventFilter filter) const {
        EventMatcher matcher(std::move(filter), inventory);
        Numbers found;
        for (std::size_t i = 0; i < events.size(); ++i) {
            if (matcher.matches(events.row(i)))
                found.push_back(i);
        }
        return found;
    }
    Numbers of_entity(std::string id, Recursion recursion) const {
        EventFilter filter;
        filter.entity = {std::move(id), recursion};
        return matched(filter);
    }

    Inventory inventory = build_inventory({});
    EventCatalog catalog{inventory};
    EventStore events{1};
};

TEST_CASE("Event filter: without criteria every event matches", "[simulator]") {
    CHECK(Site().matched({}) == Numbers{0, 1, 2, 3, 4, 5});
}

TEST_CASE("Event filter: self is the entity alone, children all but itself", "[simulator]") {
    Site const site;
    struct Example {
        std::string entity;
        Numbers self;
        Numbers all;
    };
    auto const example = GENERATE(
        Example{"vm-57", {4}, {4}}, Example{"host-21", {3}, {3, 4}},
        Example{"domain-c8", {2}, {2, 3, 4, 5}}, Example{"datacenter-2", {1}, {1, 2, 3, 4, 5}},
        Example{"resgroup-9", {}, {4, 5}}, Example{"group-d1", {0}, {0, 1, 2, 3, 4, 5}});
    INFO(example.entity);
    CHECK(site.of_entity(example.entity, Recursion::self) == example.self);
    CHECK(site.of_entity(example.entity, Recursion::all) == example.all);
    for (auto const own : example.self) {
        auto const children = site.of_entity(example.entity, Recursion::children);
        CHECK(std::ranges::find(children, own) == children.end());
    }
}

TEST_CASE("Event filter: the children of a cluster are its hosts", "[simulator]") {
    CHECK(Site().of_entity("domain-c8", Recursion::children) == Numbers{3});
}

TEST_CASE("Event filter: a VM that has moved keeps the host its event names", "[simulator]") {
    Site site;
    site.inventory.find_vm("vm-57")->host = "host-22";
    CHECK(site.of_entity("host-21", Recursion::all) == Numbers{3, 4});
}

TEST_CASE(
    "Event filter: without a list all users match, the system by its own switch", "[simulator]") {
    Site const site;
    auto const by_user = [&](std::set<std::string, std::less<>> users, bool system) {
        EventFilter filter;
        filter.has_user_filter = true;
        filter.users = std::move(users);
        filter.system_user = system;
        return site.matched(filter);
    };
    CHECK(by_user({}, false) == Numbers{0, 4, 5});
    CHECK(by_user({}, true) == Numbers{0, 1, 2, 3, 4, 5});
    CHECK(by_user({"bob"}, false) == Numbers{5});
    CHECK(by_user({"ada", "bob"}, false) == Numbers{0, 4, 5});
    CHECK(by_user({"bob"}, true) == Numbers{1, 2, 3, 5});
    CHECK(by_user({"nobody"}, false).empty());
}

TEST_CASE("Event filter: begin and end belong to the time, to the microsecond", "[simulator]") {
    Site const site;
    EventFilter filter;
    filter.begin = Site::later(2);
    filter.end = Site::later(4);
    CHECK(site.matched(filter) == Numbers{2, 3, 4});
    filter.begin = Site::later(2) + 1us;
    filter.end = Site::later(4) - 1us;
    CHECK(site.matched(filter) == Numbers{3});
}

TEST_CASE("Event filter: all criteria have to fit at once", "[simulator]") {
    Site const site;
    EventFilter filter;
    filter.entity = {"domain-c8", Recursion::all};
    filter.type_ids = {"vim.event.VmPoweredOnEvent"};
    CHECK(site.matched(filter) == Numbers{4, 5});
    filter.has_user_filter = true;
    filter.users = {"ada"};
    CHECK(site.matched(filter) == Numbers{4});
    filter.chain = site.events.row(5).chain;
    CHECK(site.matched(filter).empty());
}

TEST_CASE(
    "Event filter: an identifier is the event's own; a class includes those below it",
    "[simulator]") {
    Site const site;
    EventFilter filter;
    filter.classes = {"VmEvent"};
    CHECK(site.matched(filter) == Numbers{4, 5});
    filter.classes.clear();
    filter.type_ids = {"VmEvent"};
    CHECK(site.matched(filter).empty());
    filter.type_ids = {"vim.event.UserLoginSessionEvent", "EnteredMaintenanceModeEvent"};
    CHECK(site.matched(filter) == Numbers{0, 3});
}

}  // namespace
}  // namespace millrace::simulator
