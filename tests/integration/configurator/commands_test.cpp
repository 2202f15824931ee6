// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <fstream>

#include "common/base/file.hpp"
#include "common/base/json.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_shell.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

std::string const program = std::string(MILLRACE_BINARY_DIR) + "/millrace-configurator";

/// A form of these properties and the two passwords that every one needs.
std::string write_form(TemporaryFolder const& folder, std::string const& properties) {
    auto const file = (folder.path() / "form.xml").string();
    std::ofstream(file)
        << R"(<Environment xmlns:oe="http://schemas.dmtf.org/ovf/environment/1"><PropertySection>
        <Property oe:key="guestinfo.root_password" oe:value="canary one"/>
        <Property oe:key="guestinfo.endpoint_password" oe:value="canary two"/>)"
        << properties << "</PropertySection></Environment>";
    return file;
}

bool has(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("configurator: a wrong command line is told with what is right") {
    CHECK(has(run_shell(program).output, "A command is missing"));
    CHECK(has(run_shell(program + " chek").output, "Did you mean \"check\"?"));
    auto const flag = run_shell(program + " plan --environmnt x");
    CHECK(has(flag.output, "--environment"));
    CHECK(flag.status == "ended with status 2");
    CHECK(has(run_shell(program + " check left over").output, "left"));
    CHECK(has(run_shell(program + " apply --help").output, "--status"));
}

TEST_CASE("configurator check: every fault and note, by property") {
    TemporaryFolder const folder;
    auto const file =
        write_form(folder, R"(<Property oe:key="guestinfo.ipaddress" oe:value="1.2.3"/>
                   <Property oe:key="guestinfo.horizon" oe:value="True"/>
                   <Property oe:key="guestinfo.gatewy" oe:value="192.0.2.1"/>)");
    auto const ended = run_shell(program + " check --environment " + file);
    INFO(ended.output);
    CHECK(ended.status == "ended with status 2");
    CHECK(has(ended.output, "ipaddress: \"1.2.3\" is no IPv4 address"));
    CHECK(has(ended.output, "horizon_password: is needed with horizon"));
    CHECK(has(ended.output, "gatewy: is no property of this appliance"));
    CHECK(has(ended.output, "did you mean gateway?"));
    CHECK_FALSE(has(ended.output, "canary"));
}

TEST_CASE("configurator plan: what would be done, and nothing secret") {
    TemporaryFolder const folder;
    auto const file =
        write_form(folder, R"(<Property oe:key="guestinfo.hostname" oe:value="a.example"/>)");
    auto const ended = run_shell(program + " plan --environment " + file);
    INFO(ended.output);
    CHECK(ended.status == "ended with status 0");
    CHECK(has(ended.output, "Host name\n  write /etc/hosts\n  write /etc/hostname\n"));
    CHECK(has(ended.output, "Passwords\n  run /usr/sbin/chpasswd\n"));
    CHECK_FALSE(has(ended.output, "canary"));
}

TEST_CASE("configurator: a file that is missing or none is told, and is no empty form") {
    TemporaryFolder const folder;
    auto const missing = run_shell(program + " check --environment /none/form.xml");
    CHECK(missing.status == "ended with status 2");
    CHECK(has(missing.output, "/none/form.xml"));
    auto const file = (folder.path() / "text").string();
    std::ofstream(file) << "no form";
    auto const text = run_shell(program + " check --environment " + file);
    CHECK(text.status == "ended with status 2");
    CHECK(has(text.output, "OVF environment"));
}

TEST_CASE("configurator apply: a form with faults changes nothing, and is kept to be corrected") {
    TemporaryFolder const folder;
    auto const file =
        write_form(folder, R"(<Property oe:key="guestinfo.ipaddress" oe:value="1.2.3"/>)");
    std::string const state = (folder.path() / "state").string();
    std::string const status = (folder.path() / "status/status.json").string();
    auto const ended = run_shell(
        program + " apply --environment " + file + " --state " + state + " --status " + status);
    INFO(ended.output);
    CHECK(ended.status == "ended with status 2");
    auto const text = read_file(status, 1 << 20);
    REQUIRE(text);
    CHECK_FALSE(has(*text, "canary"));
    auto const json = parse_json(*text);
    REQUIRE(json);
    CHECK(string_at(*json, "state") == "invalid");
    CHECK(string_at((*find_json(*json, "faults"))[0], "property") == "ipaddress");
    struct stat kept{};
    REQUIRE(::stat((state + "/form.json").c_str(), &kept) == 0);
    CHECK((kept.st_mode & 0777) == 0600);
}
