// SPDX-License-Identifier: Apache-2.0
#include "simulator/vrops/vrops_api.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/simulator/vcenter.hpp"

namespace millrace::simulator {
namespace {

struct Operations8 {
    Simulation world{test::options(), test::noon};
    VropsApi api{world};
    SystemTime now = test::noon;
    std::string token;

    HttpResponse send(
        std::string method, std::string const& path, std::string query = {},
        std::string body = {}) {
        HttpRequest request;
        request.method = std::move(method);
        request.path = "/suite-api" + path;
        request.query = std::move(query);
        request.body = std::move(body);
        if (!token.empty())
            request.headers.add("Authorization", "vRealizeOpsToken " + token);
        return api.answer(request, now);
    }
    void acquire() {
        auto const answer = send(
            "POST", "/api/auth/token/acquire", {}, R"({"username":"admin","password":"secret"})");
        token = string_at(*parse_json(answer.body), "token");
    }
    std::string id_of(std::string const& host) {
        auto const list = *parse_json(send("GET", "/api/resources", "name=" + host).body);
        return string_at(list.at("resourceList").at(0), "identifier");
    }
    std::string state_of(std::string const& id) {
        auto const one = *parse_json(send("GET", "/api/resources/" + id).body);
        return string_at(one.at("resourceStatusStates").at(0), "resourceState");
    }
};

TEST_CASE("vROps: every call but acquire needs a living token", "[simulator]") {
    Operations8 vrops;
    CHECK(vrops.send("GET", "/api/resources").status == 401);
    vrops.acquire();
    CHECK(vrops.send("GET", "/api/resources").status == 200);
    vrops.now += 7h;
    CHECK(vrops.send("GET", "/api/resources").status == 401);
    vrops.acquire();
    CHECK(vrops.send("POST", "/api/auth/token/release").status == 200);
    CHECK(vrops.send("GET", "/api/resources").status == 401);
}

TEST_CASE("vROps: a wrong password is 401, no JSON 400", "[simulator]") {
    Operations8 vrops;
    auto const path = "/api/auth/token/acquire";
    CHECK(vrops.send("POST", path, {}, R"({"username":"admin","password":"x"})").status == 401);
    CHECK(vrops.send("POST", path, {}, "x").status == 400);
}

TEST_CASE("vROps: a host is found by name, kind and expression", "[simulator]") {
    Operations8 vrops;
    vrops.acquire();
    auto const count = [&](std::string const& query) {
        auto const list = *parse_json(vrops.send("GET", "/api/resources", query).body);
        return *integer_at(list, "pageInfo/totalCount");
    };
    CHECK(count("name=esx-prod-01.demo.local&adapterKind=VMWARE&resourceKind=HostSystem") == 1);
    // reports 5: the vendor's name parameter finds longer names as well.
    CHECK(count("name=esx-prod-0") == count("regex=%5Eesx-prod-0"));
    CHECK(count("name=esx-prod-0") > 1);
    CHECK(count("name=prod-01") == 0);
    CHECK(count("name=nobody") == 0);
    CHECK(count("resourceKind=VirtualMachine") == 0);
    CHECK(count("regex=%5Eesx-dev") == 3);
    CHECK(vrops.send("GET", "/api/resources", "regex=(").status == 400);
    auto const page = *parse_json(vrops.send("GET", "/api/resources", "page=1&pageSize=5").body);
    CHECK(page.at("resourceList").size() == 2);
}

TEST_CASE("vROps: a resource tells moref and vCenter by its identifiers", "[simulator]") {
    Operations8 vrops;
    vrops.acquire();
    auto const text = vrops.send("GET", "/api/resources", "name=esx-prod-01.demo.local").body;
    CHECK(text.find(R"("value":"host-21")") != std::string::npos);
    CHECK(text.find(vrops.world.inventory.instance_uuid) != std::string::npos);
}

TEST_CASE("vROps: a host is marked and unmarked as being maintained", "[simulator]") {
    Operations8 vrops;
    vrops.acquire();
    auto const id = vrops.id_of("esx-prod-01.demo.local");
    CHECK(vrops.state_of(id) == "STARTED");
    CHECK(vrops.send("PUT", "/api/resources/" + id + "/maintained").status == 200);
    CHECK(vrops.state_of(id) == "MAINTAINED_MANUAL");
    CHECK(vrops.send("DELETE", "/api/resources/" + id + "/maintained").status == 200);
    CHECK(vrops.state_of(id) == "STARTED");
}

TEST_CASE("vROps: maintenance with a duration ends by itself, end wins", "[simulator]") {
    Operations8 vrops;
    vrops.acquire();
    auto const path = "/api/resources/" + vrops.id_of("esx-prod-01.demo.local");
    CHECK(vrops.send("PUT", path + "/maintained", "duration=30").status == 200);
    auto const id = path.substr(15);
    CHECK(vrops.state_of(id) == "MAINTAINED");
    vrops.now += 30min;
    CHECK(vrops.state_of(id) == "STARTED");
    auto const end =
        std::chrono::floor<milliseconds>((vrops.now + 5min).time_since_epoch()).count();
    vrops.send("PUT", path + "/maintained", "duration=600&end=" + std::to_string(end));
    vrops.now += 5min + 1ms;
    CHECK(vrops.state_of(id) == "STARTED");
}

TEST_CASE("vROps: the bulk form marks all or, with an unknown one, none", "[simulator]") {
    Operations8 vrops;
    vrops.acquire();
    auto const one = vrops.id_of("esx-prod-01.demo.local");
    auto const two = vrops.id_of("esx-prod-02.demo.local");
    auto const bulk = "/api/resources/maintained";
    CHECK(vrops.send("PUT", bulk, "id=" + one + "&id=nobody").status == 404);
    CHECK(vrops.state_of(one) == "STARTED");
    CHECK(vrops.send("PUT", bulk, "id=" + one + "&id=" + two).status == 200);
    CHECK(vrops.state_of(two) == "MAINTAINED_MANUAL");
    CHECK(vrops.send("DELETE", bulk, "id=" + one + "&id=" + two).status == 200);
    CHECK(vrops.state_of(one) == "STARTED");
}

TEST_CASE("vROps: both names of the token's scheme are taken, no other is", "[simulator]") {
    Operations8 vrops;
    vrops.acquire();
    auto const status = [&](std::string const& authorization) {
        HttpRequest request;
        request.method = "GET";
        request.path = "/suite-api/api/resources";
        request.headers.add("Authorization", authorization);
        return vrops.api.answer(request, vrops.now).status;
    };
    CHECK(status("vRealizeOpsToken " + vrops.token) == 200);
    CHECK(status("OpsToken " + vrops.token) == 200);
    CHECK(status("Bearer " + vrops.token) == 401);
    CHECK(status(vrops.token) == 401);
    CHECK(status("OpsToken " + vrops.token + "x") == 401);
    CHECK(status("OpsToken ") == 401);
}

TEST_CASE("vROps: a token says when it ends, and ends then", "[simulator]") {
    Operations8 vrops;
    auto const answer =
        *parse_json(vrops
                        .send(
                            "POST", "/api/auth/token/acquire", {},
                            R"({"username":"admin","password":"secret","authSource":"local"})")
                        .body);
    vrops.token = string_at(answer, "token");
    auto const ends = SystemTime(milliseconds(*integer_at(answer, "validity")));
    CHECK(ends == vrops.now + 6h);
    CHECK(parse_rfc3339(string_at(answer, "expiresAt")) == ends);
    vrops.now = ends - 1ms;
    CHECK(vrops.send("GET", "/api/resources").status == 200);
    vrops.now = ends;
    CHECK(vrops.send("GET", "/api/resources").status == 401);
}

TEST_CASE("vROps: a user or password that only nearly fits is refused", "[simulator]") {
    auto const* body = GENERATE(
        R"({})", R"({"username":"admin"})", R"({"password":"secret"})",
        R"({"username":"Admin","password":"secret"})",
        R"({"username":"admin","password":"secret "})",
        R"({"username":"admin","password":["secret"]})");
    INFO(body);
    Operations8 vrops;
    CHECK(vrops.send("POST", "/api/auth/token/acquire", {}, body).status == 401);
}

TEST_CASE("vROps: a released token is over, another of the same user is not", "[simulator]") {
    Operations8 vrops;
    vrops.acquire();
    auto const other = vrops.token;
    vrops.acquire();
    CHECK(other != vrops.token);
    CHECK(vrops.send("POST", "/api/auth/token/release").status == 200);
    CHECK(vrops.send("GET", "/api/resources").status == 401);
    vrops.token = other;
    CHECK(vrops.send("GET", "/api/resources").status == 200);
}

TEST_CASE("vROps: names are told whole, so that who asks can compare them", "[simulator]") {
    Operations8 vrops;
    vrops.acquire();
    auto const names = [&](std::string const& query) {
        auto const list = *parse_json(vrops.send("GET", "/api/resources", query).body);
        std::vector<std::string> found;
        for (auto const& one : list.at("resourceList"))
            found.push_back(string_at(one, "resourceKey/name"));
        return found;
    };
    vrops.world.inventory.entities.at("host-22").name = "esx-prod-01.demo.local2";
    CHECK(
        names("name=esx-prod-01.demo.local") ==
        std::vector<std::string>{"esx-prod-01.demo.local", "esx-prod-01.demo.local2"});
    CHECK(
        names("name=esx-prod-01.demo.local2") ==
        std::vector<std::string>{"esx-prod-01.demo.local2"});
    CHECK(names("name=ESX-PROD-01.demo.local").empty());
    CHECK(names("name=esx%2Dprod%2D03.demo.local").size() == 1);
}

TEST_CASE(
    "vROps: what is no number or no such resource is told, nothing is marked", "[simulator]") {
    Operations8 vrops;
    vrops.acquire();
    auto const id = vrops.id_of("esx-prod-01.demo.local");
    auto const path = "/api/resources/" + id + "/maintained";
    for (auto const* query : {"duration=soon", "duration=-1", "end=1.5", "end=x&duration=5"}) {
        INFO(query);
        CHECK(vrops.send("PUT", path, query).status == 400);
        CHECK(vrops.state_of(id) == "STARTED");
    }
    CHECK(vrops.send("PUT", "/api/resources/nobody/maintained").status == 404);
    CHECK(vrops.send("PUT", "/api/resources/maintained").status == 400);
    CHECK(vrops.send("GET", "/api/resources/nobody").status == 404);
    CHECK(vrops.send("GET", "/api/nothing").status == 404);
}

TEST_CASE("vROps: a method that a path does not have is 405", "[simulator]") {
    Operations8 vrops;
    vrops.acquire();
    auto const id = vrops.id_of("esx-prod-01.demo.local");
    CHECK(vrops.send("DELETE", "/api/resources").status == 405);
    CHECK(vrops.send("POST", "/api/resources/" + id).status == 405);
    CHECK(vrops.send("POST", "/api/resources/" + id + "/maintained").status == 405);
    CHECK(vrops.send("GET", "/api/auth/token/acquire").status == 405);
}

TEST_CASE("vROps: marking again sets the end anew, unmarking twice is no error", "[simulator]") {
    Operations8 vrops;
    vrops.acquire();
    auto const id = vrops.id_of("esx-prod-01.demo.local");
    auto const path = "/api/resources/" + id + "/maintained";
    vrops.send("PUT", path, "duration=5");
    vrops.send("PUT", path);
    vrops.now += 5min;
    CHECK(vrops.state_of(id) == "MAINTAINED_MANUAL");
    CHECK(vrops.send("DELETE", path).status == 200);
    CHECK(vrops.send("DELETE", path).status == 200);
    CHECK(vrops.state_of(id) == "STARTED");
}

TEST_CASE("vROps: it can be unavailable for a time", "[simulator]") {
    Operations8 vrops;
    vrops.acquire();
    PlannedFault fault;
    fault.kind = FaultKind::vrops_unavailable;
    fault.until = vrops.now + 1s;
    vrops.world.faults.add(fault);
    CHECK(vrops.send("GET", "/api/resources").status == 503);
    vrops.now += 1s;
    CHECK(vrops.send("GET", "/api/resources").status == 200);
}

}  // namespace
}  // namespace millrace::simulator
