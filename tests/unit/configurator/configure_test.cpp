// SPDX-License-Identifier: Apache-2.0
#include "configurator/follow/configure.hpp"

#include "common/base/json.hpp"
#include "configurator/form/settings.hpp"
#include "configurator/state/journal.hpp"
#include "configurator/state/status.hpp"
#include "configurator/steps/steps.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/configurator/form/given_properties.hpp"
#include "tests/unit/configurator/recording_host.hpp"

using namespace millrace;
using namespace millrace::configurator;
using namespace millrace::configurator::test;
using millrace::test::TemporaryFolder;

namespace {

PropertyTexts whole_form() {
    auto form = least_form();
    for (auto const& [key, value] : std::vector<std::pair<std::string, std::string>>{
             {"hostname", "millrace.example.com"},
             {"ipaddress", "192.168.10.20"},
             {"gateway", "192.168.10.1"},
             {"dns", "192.168.10.2"},
             {"ntp", "ntp.example.com"},
             {"enable_ssh", "true"},
             {"syslog_server_hostname", "log.example.com"}})
        form = with(form, key, value);
    return form;
}

/// A boot of the machine: opens the journal, performs the form. Whether all steps came through.
class Boot {
public:
    explicit Boot(RecordingHost& host, std::filesystem::path const& folder)
        : host_(host),
          folder_(folder) {}

    bool run(PropertyTexts const& form) {
        auto journal = Journal::open(folder_);
        REQUIRE(journal);
        REQUIRE(journal->keep_form(form));
        auto const read = read_settings(*journal->form(), std::chrono::system_clock::now());
        REQUIRE(read.settings);
        ConfigurationMachine machine(all_steps(*read.settings), journal->completed());
        auto const done = perform(machine, host_, [&](auto const& now) {
            status = status_json(now, read.notes);
            return journal->keep_completed(now.completed());
        });
        REQUIRE(done);
        return *done;
    }
    Json status;

private:
    RecordingHost& host_;
    std::filesystem::path folder_;
};

}  // namespace

TEST_CASE("configure: a whole form is followed, and a second time nothing has to be done") {
    TemporaryFolder const folder;
    RecordingHost host;
    Boot boot(host, folder.path());
    REQUIRE(boot.run(whole_form()));
    CHECK(host.files.at("/etc/hostname") == "millrace.example.com\n");
    CHECK(host.files.contains("/etc/rsyslog.d/10-collector.conf"));
    CHECK(host.ran.front() == "run /usr/bin/hostname --file /etc/hostname");
    auto const files = host.files;
    host.ran.clear();
    REQUIRE(boot.run(whole_form()));
    CHECK(host.files == files);
    CHECK(host.ran.empty());
    CHECK(string_at((*find_json(boot.status, "steps"))[0], "state") == "held");
    CHECK(string_at(boot.status, "state") == "finished");
}

TEST_CASE("configure: a changed value redoes its own step, but for the passwords no other") {
    TemporaryFolder const folder;
    RecordingHost host;
    Boot boot(host, folder.path());
    REQUIRE(boot.run(whole_form()));
    REQUIRE(boot.run(with(whole_form(), "syslog_server_hostname", "other.example.com")));
    CHECK(
        host.files.at("/etc/rsyslog.d/10-collector.conf").find("other.example.com") !=
        std::string::npos);
}

TEST_CASE("configure: each program fails once, and all of it comes through all the same") {
    TemporaryFolder const folder;
    RecordingHost reference;
    REQUIRE(Boot(reference, folder.path() / "reference").run(whole_form()));
    int number = 0;
    for (std::string const& program : reference.ran) {
        INFO(program);
        RecordingHost host;
        host.failures[program] = 1;
        REQUIRE(Boot(host, folder.path() / std::to_string(++number)).run(whole_form()));
        CHECK(host.files == reference.files);
    }
}

TEST_CASE(
    "configure: a program that always fails is told by its step, and what is before it holds") {
    TemporaryFolder const folder;
    RecordingHost host;
    host.failures["run /usr/sbin/chpasswd"] = 1'000;
    Boot boot(host, folder.path());
    CHECK_FALSE(boot.run(whole_form()));
    CHECK(string_at(boot.status, "state") == "stuck");
    for (Json const& step : *find_json(boot.status, "steps"))
        if (string_at(step, "id") == "passwords") {
            CHECK(string_at(step, "state") == "failed");
            CHECK(string_at(step, "problem") == "run /usr/sbin/chpasswd failed.");
        }
    // Mended, it goes on where it stopped: no step before it does anything.
    host.failures.clear();
    host.ran.clear();
    REQUIRE(boot.run(whole_form()));
    CHECK(host.ran.front() == "run /usr/sbin/chpasswd");
}

TEST_CASE("configure: after a power cut at every single command it converges to the same") {
    TemporaryFolder const folder;
    RecordingHost reference;
    REQUIRE(Boot(reference, folder.path() / "reference").run(whole_form()));
    for (int cut = 1; cut < reference.commands; ++cut) {
        INFO("cut after " << cut << " commands");
        RecordingHost host;
        host.cut_after = cut;
        auto const state = folder.path() / std::to_string(cut);
        CHECK_THROWS_AS(Boot(host, state).run(whole_form()), RecordingHost::PowerIsOff);
        host.cut_after = 0;
        REQUIRE(Boot(host, state).run(whole_form()));
        CHECK(host.files == reference.files);
        for (std::string const& program : reference.ran)
            CHECK(std::ranges::find(host.ran, program) != host.ran.end());
    }
}

TEST_CASE("configure: the status has no secret in it") {
    TemporaryFolder const folder;
    RecordingHost host;
    Boot boot(host, folder.path());
    REQUIRE(boot.run(whole_form()));
    std::string const text = dump_json(boot.status);
    CHECK(text.find("a root password") == std::string::npos);
    CHECK(text.find("a web password") == std::string::npos);
    CHECK(
        dump_json(status_json(Faults{{"dns", "is wrong."}}, {})) ==
        R"({"state":"invalid","faults":[{"property":"dns","problem":"is wrong."}],"notes":[],"steps":[]})");
}
