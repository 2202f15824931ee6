// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <random>

#include "common/base/encoding.hpp"
#include "configurator/environment/ovf_environment.hpp"
#include "configurator/form/settings.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/environment_number.hpp"

using namespace millrace;
using namespace millrace::configurator;

namespace {

/// Values that break readers, and some that are right.
std::string any_value(Property const& property, std::mt19937_64& random) {
    static std::vector<std::string> const odd = {
        "",
        " ",
        "\"\"",
        "True",
        "-1",
        "0",
        "4294967296",
        "10.0.0.1/8",
        "::1",
        "[::1]:70000",
        "a.b.c",
        "$(reboot)",
        "%s%n",
        "'; DROP TABLE",
        "\xFF\xFE",
        "\xE2\x9C\x93 ü",
        ",,,",
        "\n",
        "--flag",
        "-----BEGIN CERTIFICATE-----",
        "https://x",
        "a@b",
        "NULL",
        "192.168.10.20",
        "255.255.255.0"};
    switch (random() % 5) {
        case 0:
            return std::string(property.example);
        case 1:
            return std::string(property.fallback);
        case 2:
            return odd[random() % odd.size()] + odd[random() % odd.size()];
        case 3: {
            std::string bytes(random() % 300, '\0');
            std::ranges::generate(bytes, [&] { return static_cast<char>(random()); });
            return bytes;
        }
        default:
            return odd[random() % odd.size()];
    }
}

std::string escaped(std::string const& text) {
    std::string xml;
    for (char const one : text)
        if (one == '&')
            xml += "&amp;";
        else if (one == '<')
            xml += "&lt;";
        else if (one == '"')
            xml += "&quot;";
        else if (one == '\n')
            xml += "&#10;";
        else if (one != '\0')
            xml += one;
    return xml;
}

std::string any_environment(std::mt19937_64& random) {
    std::string xml = "<Environment><PropertySection>";
    for (Property const& property : properties())
        if (random() % 3 != 0)
            xml += "<Property oe:key=\"guestinfo." + std::string(property.key) + "\" oe:value=\"" +
                   escaped(any_value(property, random)) + "\"/>";
    xml += "</PropertySection></Environment>";
    // One in eight is cut or hurt as a whole.
    if (random() % 8 == 0)
        xml.resize(random() % xml.size());
    if (random() % 8 == 0 && !xml.empty())
        xml[random() % xml.size()] = static_cast<char>(random());
    return xml;
}

}  // namespace

TEST_CASE("10,000 odd environments: each is taken, or refused by the names of its properties") {
    auto const seed = test::environment_number("MILLRACE_SEED").value_or(std::random_device()());
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    auto const now = std::chrono::system_clock::now();
    int taken = 0;
    int refused = 0;
    for (int round = 0; round < 10'000; ++round) {
        auto const given = parse_ovf_environment(any_environment(random));
        if (!given)
            continue;
        auto const read = read_settings(*given, now);
        if (read.settings) {
            ++taken;
            continue;
        }
        ++refused;
        REQUIRE_FALSE(read.settings.error().empty());
        for (Fault const& fault : read.settings.error()) {
            INFO(fault.place << ": " << fault.problem);
            Property const* const property = find_property(fault.place);
            REQUIRE(property != nullptr);
            REQUIRE(fault.problem.ends_with('.'));
            // What is told is text for a person, and no secret.
            REQUIRE(to_valid_utf8(fault.problem) == fault.problem);
            if (auto const value = given->find(fault.place);
                property->secret && value != given->end() && value->second.reveal().size() > 7)
                REQUIRE(fault.problem.find(value->second.reveal()) == std::string::npos);
        }
    }
    INFO("taken " << taken << ", refused " << refused);
    CHECK(refused > 5'000);
}
