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
