// SPDX-License-Identifier: Apache-2.0
#include "simulator/control_api.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/simulator/vcenter.hpp"

namespace millrace::simulator {
namespace {

struct Site {
    Simulation world{test::options(), test::noon};
    Bursts bursts{world};
    ControlApi api{world, bursts};
    SystemTime now = test::noon;

    ControlAnswer send(std::string method, std::string const& path, std::string body = {}) {
        HttpRequest request;
        request.method = std::move(method);
        auto const question = path.find('?');
        request.path = "/api/v1/" + path.substr(0, question);
        if (question != std::string::npos)
            request.query = path.substr(question + 1);
        request.body = std::move(body);
        return api.answer(request, now);
    }
    Json json(std::string method, std::string const& path, std::string body = {}) {
        auto answer = send(std::move(method), path, std::move(body));
        INFO(answer.problem_detail);
        REQUIRE(answer.problem_code.empty());
        return *parse_json(answer.json);
    }
};

TEST_CASE("Control API: the inventory shows hosts with vROps' view and their VMs", "[simulator]") {
    Site site;
    auto const tree = site.json("GET", "inventory");
    CHECK(tree.at("clusters").size() == 2);
    auto const& host = tree.at("clusters").at(0).at("hosts").at(0);
    CHECK(string_at(host, "id") == "host-21");
    CHECK(string_at(host, "maintenance") == "none");
    CHECK(string_at(host, "vrops/state") == "STARTED");
    CHECK(string_at(host.at("vms").at(0), "power") == "on");
}

TEST_CASE("Control API: an operation is begun, refused or unknown", "[simulator]") {
    Site site;
    auto const begun =
        site.send("POST", "operations", R"({"operation":"powerOff","target":"vm-57"})");
    CHECK(begun.status == 202);
    auto const again =
        site.send("POST", "operations", R"({"operation":"powerOff","target":"vm-57"})");
    CHECK(again.status == 409);
    CHECK(again.problem_code == "invalidState");
    auto const nobody = site.send("POST", "operations", R"({"operation":"reset","target":"vm-1"})");
    CHECK(nobody.status == 404);
}

TEST_CASE("Control API: all faults of a body are told at once", "[simulator]") {
    Site site;
    auto const answer = site.send("POST", "operations", R"({"operation":"fly","host":7})");
    CHECK(answer.status == 422);
    CHECK(answer.problem_detail.find("operation") != std::string::npos);
    CHECK(answer.problem_detail.find("target") != std::string::npos);
    CHECK(answer.problem_detail.find("host") != std::string::npos);
    CHECK(site.send("POST", "operations", "{").status == 400);
    CHECK(site.send("POST", "events", "[]").status == 400);
    CHECK(site.send("GET", "nothing").status == 404);
}

TEST_CASE("Control API: any event can be posted, but no markup as its class", "[simulator]") {
    Site site;
    site.json("POST", "events", R"({"class":"VmPoweredOnEvent","vm":"vm-57","message":"on"})");
    site.json(
        "POST", "events",
        R"({"class":"EventEx","eventTypeId":"com.example","host":"host-21","message":"<m>",
            "arguments":{"a":"1","b":2}})");
    CHECK(site.world.events.row(0).context->vm.name == "web-01");
    std::string xml;
    site.world.events.render(1, "e", true, xml);
    CHECK(xml.find("<message>&lt;m&gt;</message>") != std::string::npos);
    CHECK(xml.find("<key>b</key><value xsi:type=\"xsd:string\">2</value>") != std::string::npos);
    CHECK(site.send("POST", "events", R"({"class":"a b<c>"})").status == 422);
    CHECK(site.send("POST", "events", R"({"class":"EventEx"})").status == 422);
}

TEST_CASE("Control API: a burst is numbered per entity, in order", "[simulator]") {
    Site site;
    site.json("POST", "bursts", R"({"count":100,"entities":7})");
    CHECK(site.world.events.size() == 100);
    std::map<std::string, int> sequence;
    for (std::size_t i = 0; i < 100; ++i) {
        auto const row = site.world.events.row(i);
        std::string xml;
        site.world.events.render(i, "e", true, xml);
        auto const& vm = row.context->vm;
        auto const wanted =
            "Burst 1: event " + std::to_string(++sequence[vm.reference.value]) + " of " + vm.name;
        CHECK(xml.find(wanted) != std::string::npos);
    }
    CHECK(sequence.size() == 7);
}

TEST_CASE("Control API: a paced burst takes its time and is complete", "[simulator]") {
    Site site;
    site.json("POST", "bursts", R"({"count":1000,"ratePerSecond":500,"entities":1000})");
    CHECK(site.world.events.size() <= 10);
    site.now += 1s;
    for (auto at = test::noon; at <= site.now; at += 10ms)
        site.world.advance(at);
    CHECK(site.world.events.size() >= 490);
    CHECK(site.world.events.size() <= 520);
    for (auto at = site.now; at <= site.now + 2s; at += 10ms)
        site.world.advance(at);
    CHECK(site.world.events.size() == 1000);
}

TEST_CASE("Control API: the ledger lists what was emitted, page by page", "[simulator]") {
    Site site;
    site.json("POST", "bursts", R"({"count":25})");
    auto const first = site.json("GET", "ledger?limit=10");
    CHECK(first.at("items").size() == 10);
    CHECK(*integer_at(first.at("items").at(0), "key") == 7001);
    CHECK(string_at(first.at("items").at(0), "class") == "EventEx");
    CHECK(*integer_at(first, "next") == 10);
    auto const last = site.json("GET", "ledger?from=20");
    CHECK(last.at("items").size() == 5);
    CHECK(*integer_at(last, "total") == 25);
    CHECK(site.json("GET", "ledger?from=99").at("items").empty());
}

TEST_CASE("Control API: faults are planned, listed, and removed", "[simulator]") {
    Site site;
    site.json("POST", "faults", R"({"kind":"soapUnavailable","durationMs":5000})");
    site.json("POST", "faults", R"({"kind":"badXml","count":2,"mode":"html"})");
    CHECK(site.json("GET", "faults").at("items").size() == 2);
    site.now += 5s;
    CHECK(site.json("GET", "faults").at("items").size() == 1);
    site.json("DELETE", "faults");
    CHECK(site.json("GET", "faults").at("items").empty());
    CHECK(site.send("POST", "faults", R"({"kind":"meteor"})").status == 422);
}

}  // namespace
}  // namespace millrace::simulator
