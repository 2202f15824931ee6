// SPDX-License-Identifier: Apache-2.0
#include "configurator/environment/transport.hpp"

#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::configurator;
using millrace::test::TemporaryFolder;

namespace {

std::vector<std::string> tools_that(std::string const& script) {
    return {"/bin/sh", "-c", script};
}

}  // namespace

TEST_CASE("transports: a given file counts alone, and has to be there") {
    TemporaryFolder const folder;
    auto const file = (folder.path() / "env.xml").string();
    std::ofstream(file) << "<Environment/>";
    auto const found = find_environment({file, tools_that("echo other"), ""});
    REQUIRE(found);
    REQUIRE(*found);
    CHECK((*found)->xml == "<Environment/>");
    CHECK((*found)->place == file);
    CHECK_FALSE(find_environment({file + ".none", tools_that("echo other"), ""}));
}

TEST_CASE("transports: guestinfo by VMware Tools, of a stand-in for vmtoolsd") {
    auto const found = find_environment({"", tools_that("echo '<Environment/>'"), ""});
    REQUIRE(found);
    REQUIRE(*found);
    CHECK((*found)->place == "guestinfo");
    CHECK((*found)->xml == "<Environment/>\n");
}

TEST_CASE("transports: no Tools, no VMware and no value are absences, other answers are errors") {
    for (auto const& tools :
         {tools_that("echo 'No value found'; exit 1"),
          tools_that("echo 'vmtoolsd must be run inside a virtual machine' >&2; exit 1"),
          std::vector<std::string>{"/none/vmtoolsd"}}) {
        auto const found = find_environment({"", tools, ""});
        REQUIRE(found);
        CHECK_FALSE(*found);
    }
    auto const broken = find_environment({"", tools_that("exit 4"), ""});
    REQUIRE_FALSE(broken);
    CHECK(broken.error().detail.find("ended with status 4") != std::string::npos);
}
