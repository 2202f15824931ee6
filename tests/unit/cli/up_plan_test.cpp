// SPDX-License-Identifier: Apache-2.0
#include "cli/up_plan.hpp"

#include <algorithm>
#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::cli;

namespace {

/// A folder with everything `up` looks for, and the flags that point there.
struct Installed {
    Installed() {
        std::filesystem::create_directory(folder.path() / "web");
        std::ofstream(folder.path() / "web/index.html") << "x";
        for (auto const* flag : {"web", "recipes", "runtimes"}) {
            std::filesystem::create_directory(folder.path() / flag);
            words.push_back("--" + std::string(flag));
            words.push_back((folder.path() / flag).string());
        }
    }
    Checked<UpOptions> read(std::vector<std::string> const& more) const {
        std::vector<std::string> all = words;
        all.insert(all.end(), more.begin(), more.end());
        auto const flags = parse_flags(up_flags(), all);
        REQUIRE(flags);
        return read_up_options(*flags, "/opt/bin");
    }
    test::TemporaryFolder folder;
    std::vector<std::string> words;
};

std::vector<std::string> names(UpOptions const& options) {
    std::vector<std::string> list;
    for (PlannedService const& service : plan_services(options, false))
        list.push_back(service.name);
    return list;
}

}  // namespace

TEST_CASE("Up: the services start each after what it depends on") {
    Installed const installed;
    CHECK(
        names(*installed.read({})) ==
        std::vector<std::string>{"simulator", "broker", "runner", "router", "console"});
    CHECK(
        names(*installed.read({"--vcenter", "https://vc.example.com", "--username", "u"})) ==
        std::vector<std::string>{"broker", "runner", "router", "console"});
}

TEST_CASE("Up: a bad rate and a bad address are told before anything starts") {
    Installed const installed;
    for (auto const* rate : {"fast", "0", "-1", "10001", "1x"})
        CHECK_FALSE(installed.read({"--rate", rate}));
    for (auto const* address : {"8080", ":8080", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536"})
        CHECK_FALSE(installed.read({"--console-listen", address}));
    CHECK(installed.read({"--rate", "0.5", "--console-listen", "[::1]:0"}));
}

TEST_CASE("Up: contradicting and incomplete flags are told all at once") {
    Installed const installed;
    auto const options =
        installed.read({"--vcenter", "vc", "--vcsim", "--password-file", "/none", "extra"});
    REQUIRE_FALSE(options);
    std::string const text = to_string(options.error());
    INFO(text);
    for (auto const* part :
         {"--vcsim: does not go", "--vcenter: \"vc\"", "--username: is needed",
          "--password-file: There is no /none", "extra: There is no such"})
        CHECK(text.find(part) != std::string::npos);
    CHECK(
        to_string(installed.read({"--username", "u"}).error()).find("only with --vcenter") !=
        std::string::npos);
}

TEST_CASE("Up: the runner is told of a PowerShell that is installed, and of no other") {
    Installed const installed;
    auto const runner_words = [&](bool has_powershell) {
        auto const options = installed.read({});
        for (PlannedService const& service : plan_services(*options, has_powershell))
            if (service.name == "runner")
                return service.arguments;
        return std::vector<std::string>();
    };
    auto const with = runner_words(true);
    CHECK(std::ranges::find(with, "--powershell") != with.end());
    auto const without = runner_words(false);
    CHECK(std::ranges::find(without, "--powershell") == without.end());
}

TEST_CASE("Up: an archive of PowerShell that is not there, and a checksum of none, are refused") {
    Installed const installed;
    auto const missing = installed.read({"--powershell", "/none.tar.gz"});
    REQUIRE_FALSE(missing);
    CHECK(to_string(missing.error()).find("There is no /none.tar.gz") != std::string::npos);
    auto const sha256_alone = installed.read({"--powershell-sha256", "00"});
    REQUIRE_FALSE(sha256_alone);
    CHECK(to_string(sha256_alone.error()).find("only with --powershell") != std::string::npos);
}
