// SPDX-License-Identifier: Apache-2.0
#include "configurator/state/journal.hpp"

#include <sys/stat.h>

#include <fstream>

#include "common/base/file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/configurator/form/given_properties.hpp"

using namespace millrace;
using namespace millrace::configurator;
using namespace millrace::configurator::test;
using millrace::test::TemporaryFolder;

namespace {

Journal open(TemporaryFolder const& folder) {
    auto journal = Journal::open(folder.path() / "configurator");
    REQUIRE(journal);
    return std::move(*journal);
}

}  // namespace

TEST_CASE("journal: form and completed steps are there at the next start, for root alone") {
    TemporaryFolder const folder;
    {
        Journal journal = open(folder);
        CHECK_FALSE(journal.form());
        REQUIRE(journal.keep_form(with(least_form(), "hostname", "a.example")));
        REQUIRE(journal.keep_completed({"network", "hostname"}));
    }
    Journal const journal = open(folder);
    REQUIRE(journal.form());
    CHECK(journal.form()->at("hostname").reveal() == "a.example");
    CHECK(journal.form()->at("root_password").reveal() == "a root password");
    CHECK(journal.completed() == std::set<std::string>{"hostname", "network"});
    struct stat status{};
    REQUIRE(::stat((folder.path() / "configurator/form.json").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    REQUIRE(::stat((folder.path() / "configurator").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0700);
}

TEST_CASE("journal: another form begins anew, the same does not") {
    TemporaryFolder const folder;
    Journal journal = open(folder);
    REQUIRE(journal.keep_form(least_form()));
    REQUIRE(journal.keep_completed({"passwords"}));
    REQUIRE(journal.keep_form(least_form()));
    CHECK(journal.completed().contains("passwords"));
    REQUIRE(journal.keep_form(with(least_form(), "root_password", "another one")));
    CHECK(journal.completed().empty());
    CHECK(open(folder).completed().empty());
}

TEST_CASE("journal: what a person has corrected stays, though the VM gives the same form again") {
    TemporaryFolder const folder;
    auto const wrong = with(least_form(), "dns", "none");
    auto const right = with(least_form(), "dns", "192.0.2.1");
    {
        Journal journal = open(folder);
        REQUIRE(journal.take_form(wrong));
        CHECK(journal.form()->at("dns").reveal() == "none");
        REQUIRE(journal.keep_form(right));
    }
    Journal journal = open(folder);
    REQUIRE(journal.take_form(wrong));
    CHECK(journal.form()->at("dns").reveal() == "192.0.2.1");
    // One that was changed in the VM's properties is a new one.
    REQUIRE(journal.take_form(with(least_form(), "dns", "192.0.2.2")));
    CHECK(open(folder).form()->at("dns").reveal() == "192.0.2.2");
}

TEST_CASE("journal: sealed, no secret is on the disk, and the rest stays") {
    TemporaryFolder const folder;
    Journal journal = open(folder);
    REQUIRE(journal.take_form(with(least_form(), "hostname", "a.example")));
    CHECK_FALSE(journal.sealed());
    REQUIRE(journal.keep_completed({"network"}));
    REQUIRE(journal.seal());
    CHECK(journal.sealed());
    auto const files = list_folder(folder.path() / "configurator");
    REQUIRE(files);
    for (auto const& file : *files) {
        auto const text = read_file(file, 1 << 20);
        REQUIRE(text);
        CHECK(text->find("password\": \"a ") == std::string::npos);
    }
    Journal const again = open(folder);
    CHECK(again.form()->at("hostname").reveal() == "a.example");
    CHECK_FALSE(again.form()->contains("root_password"));
    CHECK(again.sealed());
    CHECK(again.completed() == std::set<std::string>{"network"});
}

TEST_CASE("journal: a change that is not confirmed is known after a restart, and what was before") {
    TemporaryFolder const folder;
    BeforeChange const before{
        .form = {{"hostname", Secret("a.example")}},
        .files = {WriteFile{"/key", Secret("a key"), 0600}, RemoveFile{"/certificate"}},
        .steps = {"network"}};
    {
        Journal journal = open(folder);
        REQUIRE(journal.keep_form(with(least_form(), "hostname", "a.example")));
        REQUIRE(journal.seal());
        CHECK_FALSE(journal.before_change());
        REQUIRE(journal.begin_change(before, {{"hostname", Secret("b.example")}}));
    }
    Journal journal = open(folder);
    CHECK(journal.form()->at("hostname").reveal() == "b.example");
    REQUIRE(journal.before_change());
    CHECK(journal.before_change()->form == before.form);
    CHECK(journal.before_change()->files == before.files);
    CHECK(journal.before_change()->steps == before.steps);
    REQUIRE(journal.forget_change());
    CHECK(open(folder).form()->at("hostname").reveal() == "a.example");
    CHECK_FALSE(open(folder).before_change());
}

TEST_CASE("journal: a change that is kept leaves nothing of what was before") {
    TemporaryFolder const folder;
    Journal journal = open(folder);
    REQUIRE(journal.keep_form(least_form()));
    REQUIRE(journal.seal());
    REQUIRE(journal.begin_change({.form = {}}, {{"hostname", Secret("b.example")}}));
    REQUIRE(journal.keep_change());
    CHECK_FALSE(open(folder).before_change());
    CHECK(open(folder).form()->at("hostname").reveal() == "b.example");
}

TEST_CASE("journal: a form that replaces another leaves nothing of a change that was on trial") {
    TemporaryFolder const folder;
    Journal journal = open(folder);
    REQUIRE(journal.keep_form(least_form()));
    REQUIRE(journal.seal());
    REQUIRE(journal.begin_change({.form = {}}, {{"hostname", Secret("b.example")}}));
    REQUIRE(journal.replace_form({{"hostname", Secret("c.example")}}));
    CHECK_FALSE(open(folder).before_change());
    CHECK(open(folder).form()->at("hostname").reveal() == "c.example");
}

TEST_CASE("journal: of a change that could not be undone the older state stays the one before") {
    TemporaryFolder const folder;
    Journal journal = open(folder);
    REQUIRE(journal.keep_form(least_form()));
    REQUIRE(journal.seal());
    REQUIRE(journal.begin_change(
        {.form = {{"hostname", Secret("a.example")}}, .files = {}, .steps = {"network"}}, {}));
    REQUIRE(journal.begin_change(
        {.form = {{"hostname", Secret("b.example")}}, .files = {}, .steps = {"syslog"}}, {}));
    Journal const again = open(folder);
    auto const& before = again.before_change();
    REQUIRE(before);
    CHECK(before->form.at("hostname").reveal() == "a.example");
    CHECK(before->steps == std::set<std::string>{"network", "syslog"});
}

TEST_CASE("journal: a damaged file is told by its name, and is not an empty one") {
    TemporaryFolder const folder;
    REQUIRE(open(folder).keep_form(least_form()));
    for (auto const* text : {"", "{\"root_pass", "[]"}) {
        std::ofstream(folder.path() / "configurator/form.json") << text;
        auto const journal = Journal::open(folder.path() / "configurator");
        REQUIRE_FALSE(journal);
        CHECK(journal.error().code == ErrorCode::damaged);
        CHECK(journal.error().detail.find("form.json is damaged") != std::string::npos);
    }
}
