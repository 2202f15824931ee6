// SPDX-License-Identifier: Apache-2.0
#include "simulator/events/history_collector.hpp"

#include "simulator/events/event_catalog.hpp"
#include "simulator/world/inventory_builder.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/simulator/vcenter.hpp"

namespace millrace::simulator {
namespace {

using Page = std::vector<std::size_t>;

struct Fixture {
    Inventory inventory = build_inventory({});
    EventStore events{1};
    EventCatalog catalog{inventory};

    HistoryCollector collector(EventFilter filter = {}) {
        return {events, EventMatcher(std::move(filter), inventory)};
    }
    void power(std::string_view vm, std::string_view class_name = "VmPoweredOnEvent") {
        events.append(catalog.vm(class_name, vm, {"ada", 0}), test::noon + events.size() * 1s);
    }
};

TEST_CASE("HistoryCollector: pages follow each other without gap or repeat", "[simulator]") {
    Fixture site;
    for (int i = 0; i < 5; ++i)
        site.power("vm-57");
    auto collector = site.collector();
    CHECK(collector.read_next(2) == Page{0, 1});
    CHECK(collector.read_next(2) == Page{2, 3});
    CHECK(collector.read_next(2) == Page{4});
    CHECK(collector.read_next(2).empty());
}

TEST_CASE("HistoryCollector: reading goes on where it ended when events come", "[simulator]") {
    Fixture site;
    auto collector = site.collector();
    CHECK(collector.read_next(10).empty());
    site.power("vm-57");
    CHECK(collector.read_next(10) == Page{0});
    site.power("vm-57");
    CHECK(collector.read_next(10) == Page{1});
}

TEST_CASE("HistoryCollector: rewind returns to the oldest, also the very first", "[simulator]") {
    Fixture site;
    for (int i = 0; i < 3; ++i)
        site.power("vm-57");
    auto collector = site.collector();
    collector.read_next(3);
    collector.rewind();
    CHECK(collector.read_next(1) == Page{0});
}

TEST_CASE("HistoryCollector: reset stands before the latest page", "[simulator]") {
    Fixture site;
    for (int i = 0; i < 8; ++i)
        site.power("vm-57");
    auto collector = site.collector();
    collector.set_page_size(3);
    collector.reset();
    CHECK(collector.read_previous(2) == Page{4, 3});
    CHECK(collector.read_previous(9) == Page{2, 1, 0});
    CHECK(collector.read_previous(9).empty());
}

TEST_CASE("HistoryCollector: begin and end are inclusive", "[simulator]") {
    Fixture site;
    for (int i = 0; i < 6; ++i)
        site.power("vm-57");
    EventFilter filter;
    filter.begin = test::noon + 2s;
    filter.end = test::noon + 4s;
    auto collector = site.collector(filter);
    CHECK(collector.read_next(10) == Page{2, 3, 4});
    collector.rewind();
    CHECK(collector.read_next(1) == Page{2});
}

TEST_CASE("HistoryCollector: an entity with all below it matches its events", "[simulator]") {
    Fixture site;
    site.power("vm-57");  // on host-21
    site.power("vm-58");  // on host-22
    EventFilter filter;
    filter.entity = {"host-21", EventFilter::Recursion::all};
    CHECK(site.collector(filter).read_next(10) == Page{0});
    filter.entity = {"domain-c8", EventFilter::Recursion::all};
    CHECK(site.collector(filter).read_next(10) == Page{0, 1});
    filter.entity = {"host-21", EventFilter::Recursion::self};
    CHECK(site.collector(filter).read_next(10).empty());
    auto const folder = site.inventory.virtual_machines.at("vm-57").folder;
    filter.entity = {folder, EventFilter::Recursion::children};
    CHECK(site.collector(filter).read_next(10) == Page{0, 1});
}

TEST_CASE("HistoryCollector: types match by class, subclass and type identifier", "[simulator]") {
    Fixture site;
    site.power("vm-57", "VmStartingEvent");
    site.power("vm-57", "VmPoweredOnEvent");
    EventDraft extended;
    extended.class_name = "EventEx";
    extended.event_type_id = "com.example.event";
    site.events.append(extended, test::noon + 60s);
    EventFilter filter;
    filter.type_ids = {"vim.event.VmPoweredOnEvent", "com.example.event"};
    CHECK(site.collector(filter).read_next(10) == Page{1, 2});
    filter.type_ids.clear();
    filter.classes = {"VmEvent"};
    CHECK(site.collector(filter).read_next(10) == Page{0, 1});
}

TEST_CASE("HistoryCollector: users and chains select", "[simulator]") {
    Fixture site;
    site.power("vm-57");
    auto draft = site.catalog.vm("VmPoweredOffEvent", "vm-57", {"", 1});
    site.events.append(draft, test::noon + 60s);
    EventFilter filter;
    filter.chain = 1;
    CHECK(site.collector(filter).read_next(10) == Page{0, 1});
    filter.has_user_filter = true;
    filter.users = {"ada"};
    CHECK(site.collector(filter).read_next(10) == Page{0});
    filter.users.clear();
    CHECK(site.collector(filter).read_next(10) == Page{0});
    filter.users = {"nobody"};
    filter.system_user = true;
    CHECK(site.collector(filter).read_next(10) == Page{1});
}

TEST_CASE("HistoryCollector: what was read forward is read backward, newest first", "[simulator]") {
    Fixture site;
    for (int i = 0; i < 4; ++i)
        site.power("vm-57");
    auto collector = site.collector();
    collector.read_next(3);
    CHECK(collector.read_previous(2) == Page{2, 1});
    CHECK(collector.read_next(9) == Page{1, 2, 3});
}

TEST_CASE("HistoryCollector: a page counts what matches, not what is looked at", "[simulator]") {
    Fixture site;
    for (int i = 0; i < 3; ++i) {
        site.power("vm-57");
        site.power("vm-57", "VmPoweredOffEvent");
    }
    EventFilter filter;
    filter.type_ids = {"VmPoweredOffEvent"};
    auto collector = site.collector(filter);
    CHECK(collector.read_next(2) == Page{1, 3});
    CHECK(collector.read_next(2) == Page{5});
    CHECK(collector.read_previous(2) == Page{5, 3});
}

TEST_CASE(
    "HistoryCollector: the latest page holds the newest and follows new ones", "[simulator]") {
    Fixture site;
    EventFilter filter;
    filter.latest_page_size = 2;
    auto collector = site.collector(filter);
    CHECK(collector.latest_page().empty());
    for (int i = 0; i < 3; ++i)
        site.power("vm-57");
    CHECK(collector.latest_page() == Page{2, 1});
    site.power("vm-57");
    CHECK(collector.latest_page() == Page{3, 2});
    collector.set_page_size(9);
    CHECK(collector.latest_page() == Page{3, 2, 1, 0});
}

TEST_CASE(
    "HistoryCollector: reading does not move the latest page, nor it the reading", "[simulator]") {
    Fixture site;
    for (int i = 0; i < 5; ++i)
        site.power("vm-57");
    auto collector = site.collector();
    collector.read_next(2);
    auto const page = collector.latest_page();
    CHECK(collector.read_next(1) == Page{2});
    CHECK(collector.latest_page() == page);
}

TEST_CASE("HistoryCollector: the version moves with a matching event alone", "[simulator]") {
    Fixture site;
    EventFilter filter;
    filter.type_ids = {"VmPoweredOffEvent"};
    auto collector = site.collector(filter);
    auto const before = collector.latest_page_version();
    site.power("vm-57");
    CHECK(collector.latest_page_version() == before);
    site.power("vm-57", "VmPoweredOffEvent");
    CHECK(collector.latest_page_version() > before);
}

TEST_CASE(
    "HistoryCollector: reset with fewer events than a page stands at the oldest", "[simulator]") {
    Fixture site;
    site.power("vm-57");
    auto collector = site.collector();
    collector.read_next(1);
    collector.reset();
    CHECK(collector.read_previous(5).empty());
    CHECK(collector.read_next(5) == Page{0});
}

TEST_CASE("HistoryCollector: a silenced one is empty for ever, a new one is not", "[simulator]") {
    Fixture site;
    site.power("vm-57");
    auto collector = site.collector();
    auto const version = collector.latest_page_version();
    collector.silence();
    site.power("vm-57");
    CHECK(collector.read_next(10).empty());
    CHECK(collector.latest_page_version() == version);
    CHECK(site.collector().read_next(10) == Page{0, 1});
}

}  // namespace
}  // namespace millrace::simulator
