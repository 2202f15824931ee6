// SPDX-License-Identifier: Apache-2.0
#include "configurator/screen/screen_text.hpp"

#include <random>

#include "common/base/encoding.hpp"
#include "tests/support/environment_number.hpp"
#include "tests/support/json.hpp"

using namespace millrace;
using namespace millrace::configurator;
using millrace::test::json;

namespace {

ScreenFacts facts_with(std::string const& status) {
    return {
        .version = "1.2.3",
        .host_name = "millrace.example.com",
        .addresses = {"192.168.10.20"},
        .status = json(status)};
}

std::string joined(std::vector<std::string> const& lines) {
    std::string text;
    for (std::string line : lines) {
        line.resize(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

}  // namespace

TEST_CASE("screen: the steps of a first boot, with the last problem of the one under way") {
    std::string const text = joined(screen_text(
        facts_with(R"({"state": "running", "steps": [
            {"title": "Host name", "state": "done", "problem": ""},
            {"title": "Network", "state": "running", "problem": "No address came by DHCP."},
            {"title": "Time", "state": "waiting", "problem": ""}]})"),
        {.columns = 60, .rows = 14}));
    CHECK(
        text ==
        "Millrace 1.2.3                          millrace.example.com\n"
        "------------------------------------------------------------\n"
        "Address  192.168.10.20\n"
        "\n"
        "This appliance is being configured:\n"
        "  Host name                     done\n"
        "  Network                       running\n"
        "      No address came by DHCP.\n"
        "  Time                          waiting\n"
        "\n\n\n\n"
        "F2 change   F12 restart or shut down   Alt+F2 sign in\n");
}

TEST_CASE("screen: configured, where the web page is and how to know it") {
    ScreenFacts facts = facts_with(R"({"state": "finished", "steps": [
        {"title": "Host name", "state": "held", "problem": ""}]})");
    facts.has_web_page = true;
    facts.addresses.emplace_back("[2001:db8::5]");
    for (int index = 0; index < 31; ++index)
        facts.fingerprint += "AB:";
    facts.fingerprint += "CD";
    std::string const text = joined(screen_text(facts, {}));
    CHECK(
        text.find("https://192.168.10.20/\nhttps://[2001:db8::5]/\nSHA-256  AB:") !=
        std::string::npos);
    CHECK(text.find(":CD\n") != std::string::npos);
    CHECK(text.find("This appliance is configured.") != std::string::npos);
    CHECK(text.find("Host name") == std::string::npos);
}

TEST_CASE("screen: a page that nobody serves is not named") {
    std::string const text = joined(screen_text(facts_with(R"({"state": "finished"})"), {}));
    CHECK(text.find("https://") == std::string::npos);
}

TEST_CASE("screen: the set-up code below the address, where a web page asks for it") {
    ScreenFacts facts = facts_with(R"({"state": "waiting"})");
    facts.has_web_page = true;
    facts.setup_code = "K7QM-3RTX";
    std::string text = joined(screen_text(facts, {}));
    CHECK(text.find("https://192.168.10.20/\nCode     K7QM-3RTX\n") != std::string::npos);
    CHECK(text.find("The VM has no OVF form.") != std::string::npos);
    facts.status = json(R"({"state": "invalid", "faults": []})");
    text = joined(screen_text(facts, {}));
    CHECK(text.find("Correct it on the web page") != std::string::npos);
    facts.has_web_page = false;
    CHECK(joined(screen_text(facts, {})).find("in the VM's vApp properties") != std::string::npos);
}

TEST_CASE("screen: what is wrong with the form, whole sentences as far as there is room") {
    std::string status = R"({"state": "invalid", "faults": [)";
    for (int index = 0; index < 30; ++index)
        status +=
            (index == 0 ? "" : ",") +
            std::string(R"({"property": "ipaddress", "problem": "\"1.2.3\" is no IPv4 address; )") +
            R"(write it like 192.168.10.20, with four numbers."})";
    auto const lines = screen_text(facts_with(status + "]}"), {});
    std::string const text = joined(lines);
    INFO(text);
    CHECK(text.find("Nothing was changed.") != std::string::npos);
    CHECK(
        text.find(
            "  ipaddress: \"1.2.3\" is no IPv4 address; write it like 192.168.10.20, with four\n"
            "  numbers.\n") != std::string::npos);
    CHECK(text.find("more\n") != std::string::npos);
    CHECK(text.ends_with("F2 change   F12 restart or shut down   Alt+F2 sign in\n"));
    CHECK(lines.size() == 25);
}

TEST_CASE("screen: nothing told yet") {
    ScreenFacts const facts{.version = "1.2.3", .host_name = "millrace"};
    std::string const text = joined(screen_text(facts, {}));
    CHECK(text.find("No address yet.") != std::string::npos);
    CHECK(text.find("Starting.") != std::string::npos);
}

TEST_CASE("screen: whatever is told, it keeps its size and moves no cursor") {
    auto const seed = test::environment_number("MILLRACE_SEED").value_or(std::random_device()());
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    auto const any_text = [&] {
        std::string text(random() % 200, '\0');
        for (char& one : text)
            one = static_cast<char>(random() % 4 == 0 ? random() : ' ' + random() % 90);
        return text;
    };
    for (int round = 0; round < 2'000; ++round) {
        ScreenFacts facts{.version = "1.2.3", .host_name = any_text(), .addresses = {any_text()}};
        facts.setup_code = any_text();
        Json steps = Json::array();
        Json faults = Json::array();
        for (std::uint64_t index = random() % 12; index > 0; --index) {
            steps.push_back(
                {{"title", any_text()}, {"state", any_text()}, {"problem", any_text()}});
            faults.push_back({{"property", any_text()}, {"problem", any_text()}});
        }
        char const* const states[] = {"running", "invalid", "stuck", "finished", ""};
        facts.status = {
            {"state", states[random() % 5]},
            {"steps", steps},
            {"faults", faults},
            {"notes", faults}};
        ScreenSize const size{.columns = 40 + random() % 100, .rows = 10 + random() % 40};
        auto const lines = screen_text(facts, size);
        REQUIRE(lines.size() == size.rows);
        for (std::string_view line : lines) {
            std::size_t width = 0;
            bool moves_cursor = false;
            for (; !line.empty(); line.remove_prefix(character_length(line))) {
                moves_cursor = moves_cursor || static_cast<unsigned char>(line.front()) < ' ';
                ++width;
            }
            REQUIRE_FALSE(moves_cursor);
            REQUIRE(width <= size.columns);
        }
    }
}
