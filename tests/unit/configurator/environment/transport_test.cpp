// SPDX-License-Identifier: Apache-2.0
#include "configurator/environment/transport.hpp"

#include <fstream>

#include "configurator/environment/ovf_environment.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::configurator;
using millrace::test::TemporaryFolder;

namespace {

/// A stand-in for vmtoolsd: it answers info-get, and says what it is told by info-set. It tests
/// what asks VMware Tools, not VMware Tools.
std::string tools_that(TemporaryFolder const& folder, std::string const& script) {
    auto const file = (folder.path() / "vmtoolsd").string();
    std::ofstream(file) << "#!/bin/sh\n" << script << "\n";
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    return file;
}

}  // namespace

TEST_CASE("transports: a given file counts alone, and has to be there") {
    TemporaryFolder const folder;
    auto const tools = tools_that(folder, "echo other");
    auto const file = (folder.path() / "env.xml").string();
    std::ofstream(file) << "<Environment/>";
    auto const found = find_environment({file, tools, ""});
    REQUIRE(found);
    REQUIRE(*found);
    CHECK((*found)->xml == "<Environment/>");
    CHECK((*found)->place == file);
    CHECK_FALSE(find_environment({file + ".none", tools, ""}));
}

TEST_CASE("transports: guestinfo by VMware Tools, and hidden afterwards") {
    TemporaryFolder const folder;
    auto const store = (folder.path() / "ovfEnv").string();
    std::ofstream(store) << "<Environment/>";
    Transports const transports{
        "",
        tools_that(
            folder,
            "case $2 in 'info-get guestinfo.ovfEnv') cat " + store +
                " ;; 'info-set guestinfo.ovfEnv '*) echo \"${2#info-set guestinfo.ovfEnv }\" >" +
                store + " ;; *) exit 9 ;; esac"),
        ""};
    auto const found = find_environment(transports);
    REQUIRE(found);
    REQUIRE(*found);
    CHECK((*found)->place == "guestinfo");
    CHECK((*found)->xml == "<Environment/>");
    REQUIRE(hide_environment(transports, **found));
    auto const hidden = find_environment(transports);
    REQUIRE(hidden);
    REQUIRE(*hidden);
    auto const form = parse_ovf_environment((*hidden)->xml);
    REQUIRE(form);
    CHECK(form->empty());
}

TEST_CASE("transports: no Tools, no VMware and no value are absences, other answers are errors") {
    TemporaryFolder const folder;
    for (auto const* script : {"echo 'No value found'; exit 1", "exit 1"}) {
        auto const found = find_environment({"", tools_that(folder, script), ""});
        REQUIRE(found);
        CHECK_FALSE(*found);
    }
    auto const missing = find_environment({"", "/none/vmtoolsd", ""});
    REQUIRE(missing);
    CHECK_FALSE(*missing);
    CHECK_FALSE(find_environment({"", tools_that(folder, "echo other; exit 1"), ""}));
    auto const tools = tools_that(folder, "exit 4");
    auto const broken = find_environment({"", tools, ""});
    REQUIRE_FALSE(broken);
    CHECK(broken.error().detail.find("ended with status 4") != std::string::npos);
    CHECK_FALSE(hide_environment({"", tools, ""}, {"guestinfo", "x"}));
    CHECK(hide_environment({"", tools, ""}, {"/dev/sr0", "x"}));
}
