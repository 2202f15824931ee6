// SPDX-License-Identifier: Apache-2.0
#include "simulator/events/event_store.hpp"

#include "simulator/events/event_catalog.hpp"
#include "simulator/world/inventory_builder.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/simulator/vcenter.hpp"

namespace millrace::simulator {
namespace {

EventDraft draft(std::string const& message) {
    EventDraft one;
    one.class_name = "GeneralUserEvent";
    one.user_name = "ada";
    one.message = message;
    return one;
}

std::string rendered(EventStore const& store, std::size_t index) {
    std::string out;
    store.render(index, "returnval", true, out);
    return out;
}

TEST_CASE("EventStore: an event has vSphere's fields in vSphere's order", "[simulator]") {
    auto const inventory = build_inventory({});
    EventStore store(7039);
    store.append(EventCatalog(inventory).vm("VmPoweredOnEvent", "vm-57", {"ada", 0}), test::noon);
    CHECK(
        rendered(store, 0) ==
        "<returnval xsi:type=\"VmPoweredOnEvent\"><key>7039</key><chainId>7039</chainId>"
        "<createdTime>2026-11-18T12:00:00.000000Z</createdTime><userName>ada</userName>"
        "<datacenter><name>Berlin</name><datacenter type=\"Datacenter\">datacenter-2</datacenter>"
        "</datacenter><computeResource><name>Production</name><computeResource "
        "type=\"ClusterComputeResource\">domain-c8</computeResource></computeResource>"
        "<host><name>esx-prod-01.demo.local</name><host type=\"HostSystem\">host-21</host></host>"
        "<vm><name>web-01</name><vm type=\"VirtualMachine\">vm-57</vm></vm>"
        "<fullFormattedMessage>web-01 on esx-prod-01.demo.local in Berlin is powered on"
        "</fullFormattedMessage><template>false</template></returnval>");
}

TEST_CASE("EventStore: keys wrap to negative numbers as vCenter's do", "[simulator]") {
    EventStore store(INT32_MAX);
    CHECK(store.append(draft("a"), test::noon) == INT32_MAX);
    CHECK(store.append(draft("b"), test::noon) == INT32_MIN);
}

TEST_CASE("EventStore: time never steps back from one event to the next", "[simulator]") {
    EventStore store(1);
    store.append(draft("a"), test::noon);
    store.append(draft("b"), test::noon - 2s);
    CHECK(store.row(1).created_us == store.row(0).created_us);
}

TEST_CASE("EventStore: markup and control characters become harmless text", "[simulator]") {
    EventStore store(1);
    store.append(draft("<b>&\"\x01\r\n"), test::noon);
    auto const xml = rendered(store, 0);
    CHECK(xml.find("&lt;b&gt;&amp;&quot;\xEF\xBF\xBD&#xD;&#xA;") != std::string::npos);
}

TEST_CASE("EventStore: a message can be left out", "[simulator]") {
    EventStore store(1);
    store.append(draft("hello"), test::noon);
    std::string out;
    store.render(0, "e", false, out);
    CHECK(out.find("fullFormattedMessage") == std::string::npos);
}

TEST_CASE("EventStore: a million burst events fit into 60 bytes each", "[simulator]") {
    auto const inventory = build_inventory({});
    EventStore store(1);
    auto const series = store.begin_burst({3, "EventEx", "load"});
    auto const context = store.intern(EventCatalog(inventory).context_of_vm("vm-57"));
    for (std::uint32_t i = 1; i <= 1'000'000; ++i)
        store.append(BurstEvent{series, context, i}, test::noon);
    CHECK(store.size() == 1'000'000);
    CHECK(store.bytes() < 60'000'000);
    auto const last = rendered(store, 999'999);
    CHECK(last.find("<key>1000000</key>") != std::string::npos);
    CHECK(last.find("Burst 3: event 1000000 of web-01") != std::string::npos);
}

TEST_CASE("EventStore: events of a time are found by search", "[simulator]") {
    EventStore store(1);
    for (int i = 0; i < 10; ++i)
        store.append(draft("x"), test::noon + std::chrono::seconds(i));
    CHECK(store.lower_bound(test::noon) == 0);
    CHECK(store.lower_bound(test::noon + 4s) == 4);
    CHECK(store.lower_bound(test::noon + 4s + 1us) == 5);
    CHECK(store.lower_bound(test::noon + 60s) == 10);
}

TEST_CASE("EventStore: classes derive as the schema says", "[simulator]") {
    CHECK(is_event_class("DrsVmMigratedEvent", "VmMigratedEvent"));
    CHECK(is_event_class("DrsVmMigratedEvent", "VmEvent"));
    CHECK(is_event_class("SomeFutureEvent", "Event"));
    CHECK_FALSE(is_event_class("SomeFutureEvent", "VmEvent"));
}

}  // namespace
}  // namespace millrace::simulator
