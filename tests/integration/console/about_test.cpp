// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <utility>

#include "tests/integration/console/console_world.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr char const* document =
    R"({"bomFormat":"CycloneDX","components":[{"name":"libssl3","version":"3.0"}]})";

Task<void> check_without_bill(ConsoleWorld& world) {
    co_await world.sign_in();
    Json const about = json_of(co_await world.get("/api/v1/about"));
    CHECK(string_at(about, "installation") == "local");
    CHECK(about["parts"].is_null());
    // No runner was started.
    CHECK(string_at(about, "platformProblem").find("runner") != std::string::npos);
    for (std::string const path : {"bill-of-materials", "licences"})
        CHECK(problem_code(co_await world.get("/api/v1/about/" + path), 404) == "about.noBill");
}

Task<void> check_with_bill(ConsoleWorld& world) {
    co_await world.runner.start();
    co_await world.sign_in();
    std::string const cookie = std::exchange(world.cookie, "");
    CHECK(problem_code(co_await world.get("/api/v1/about"), 401) == "session.required");
    world.cookie = cookie;
    Json const about = json_of(co_await world.get("/api/v1/about"));
    CHECK(string_at(about, "platformProblem").empty());
    REQUIRE(about["parts"].size() == 1);
    CHECK(string_at(about["parts"][0], "name") == "libssl3");
    auto const bill = co_await world.get("/api/v1/about/bill-of-materials");
    CHECK(bill.body == document);
    CHECK(bill.headers.get("content-type") == "application/vnd.cyclonedx+json");
    CHECK(bill.headers.get("content-disposition").ends_with(".cdx.json\""));
    check_security_headers(bill);
    auto const licences = co_await world.get("/api/v1/about/licences");
    CHECK(licences.body == "texts");
    CHECK(licences.headers.get("content-type") == "application/x-xz");
}

}  // namespace

TEST_CASE("About: a console that was told of no parts says so, and answers all the rest") {
    ConsoleWorld world;
    run_task(world.io, check_without_bill(world));
}

TEST_CASE("About: parts as they were built, the document and the licences as files to keep") {
    TemporaryFolder bill;
    std::ofstream(bill.path() / "parts.cdx.json") << document;
    std::ofstream(bill.path() / "licences.tar.xz") << "texts";
    ConsoleWorld world({"--bill=" + bill.path().string()});
    run_task(world.io, check_with_bill(world));
}
