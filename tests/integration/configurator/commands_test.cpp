// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>

#include "common/base/clock.hpp"
#include "common/base/file.hpp"
#include "common/base/json.hpp"
#include "common/process/spawn.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_shell.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::test;
using namespace std::chrono_literals;

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
    CHECK(has(run_shell(program + " serve --help").output, "--status"));
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
namespace {

/// `serve` as a process over a folder of its own; ended with this.
class Serving {
public:
    explicit Serving(std::string const& environment) {
        std::string const at = folder.path().string();
        auto const pid = spawn_child(
            {.arguments = {
                 program, "serve", "--environment", environment, "--state", at + "/state",
                 "--status", at + "/run/status.json", "--code-file", at + "/run/code", "--socket",
                 at + "/run/socket"}});
        REQUIRE(pid);
        pid_ = *pid;
    }
    Serving(Serving const&) = delete;
    Serving& operator=(Serving const&) = delete;
    ~Serving() { CHECK(end() == 0); }

    int end() {
        if (pid_ > 0) {
            ::kill(pid_, SIGTERM);
            ::waitpid(pid_, &status_, 0);
        }
        pid_ = 0;
        return status_;
    }
    std::string read(std::string const& name) const {
        return read_file(folder.path() / name, 1 << 20).value_or("");
    }
    bool comes(std::string const& name, std::string const& text) const {
        for (auto const until = steady_now() + 20s; steady_now() < until; ::poll(nullptr, 0, 10))
            if (has(read(name), text))
                return true;
        return false;
    }

    TemporaryFolder folder;

private:
    pid_t pid_ = 0;
    int status_ = 0;
};

}  // namespace

TEST_CASE("configurator serve: a form with faults changes nothing, and is kept to be corrected") {
    TemporaryFolder const folder;
    Serving serving(
        write_form(folder, R"(<Property oe:key="guestinfo.ipaddress" oe:value="1.2.3"/>)"));
    REQUIRE(serving.comes("run/status.json", "invalid"));
    auto const json = parse_json(serving.read("run/status.json"));
    REQUIRE(json);
    CHECK_FALSE(has(dump_json(*json), "canary"));
    CHECK(string_at((*find_json(*json, "faults"))[0], "property") == "ipaddress");
    for (auto const* file : {"state/form.json", "run/code"}) {
        struct stat kept{};
        REQUIRE(::stat((serving.folder.path() / file).c_str(), &kept) == 0);
        CHECK((kept.st_mode & 0777) == 0600);
    }
    std::string const line = serving.read("run/code");
    std::string const code = line.substr(0, line.find('\n'));
    std::string const asked =
        run_shell(
            "curl -s --unix-socket " + (serving.folder.path() / "run/socket").string() +
            " -H \"X-Millrace-Setup-Code: " + code + "\" http://configurator/api/v1/form")
            .output;
    CHECK(has(asked, R"("ipaddress":"1.2.3")"));
    CHECK_FALSE(has(asked, "canary"));
    CHECK(serving.end() == 0);
    // Nobody is to type a code that is none any more.
    CHECK_FALSE(std::filesystem::exists(serving.folder.path() / "run/code"));
    CHECK_FALSE(std::filesystem::exists(serving.folder.path() / "run/socket"));
}

TEST_CASE("configurator serve: a group that is none is told") {
    TemporaryFolder const folder;
    auto const ended = run_shell(
        program + " serve --socket-group no-such-group --state " + folder.path().string() +
        "/state --socket " + folder.path().string() + "/socket");
    CHECK(ended.status == "ended with status 2");
    CHECK(has(ended.output, "there is no group \"no-such-group\""));
}
