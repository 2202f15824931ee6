// SPDX-License-Identifier: Apache-2.0
#include "console/files/bill.hpp"

#include <fstream>

#include "common/service/service.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::console;

namespace {

constexpr char const* document = R"({"bomFormat": "CycloneDX", "components": [
  {"name": "zlib1g", "version": "1:1.3", "purl": "pkg:deb/debian/zlib1g@1%3A1.3",
   "licenses": [{"license": {"name": "Zlib"}}, {"license": {"id": "MIT"}}],
   "properties": [{"name": "millrace:source", "value": "Debian 13"},
                  {"name": "millrace:pinned", "value": "go.mod"},
                  {"name": "millrace:source", "value": "This machine"}]},
  {"name": "argon2", "version": "0~2017", "licenses": [{"expression": "Apache-2.0 OR CC0-1.0"}]},
  {"name": "nameless in its version"}, 7, {"version": "1", "licenses": 7}]})";

}  // namespace

TEST_CASE("Bill: parts come by name, with licences and sources; what is no part is left out") {
    Json const parts = parts_of(parse_json(document).value());
    REQUIRE(parts.size() == 2);
    CHECK(string_at(parts[0], "name") == "argon2");
    CHECK(parts[0]["licences"] == Json({"Apache-2.0 OR CC0-1.0"}));
    CHECK(parts[0]["sources"] == Json::array());
    CHECK(parts[1]["licences"] == Json({"Zlib", "MIT"}));
    CHECK(parts[1]["sources"] == Json({"Debian 13", "This machine"}));
    CHECK(string_at(parts[1], "purl") == "pkg:deb/debian/zlib1g@1%3A1.3");
}

TEST_CASE("Bill: without a folder none is known; one that is not whole ends the start") {
    CHECK_FALSE(Bill("").is_known());
    test::TemporaryFolder folder;
    CHECK_THROWS_AS(Bill(folder.path()), StartupError);
    std::ofstream(folder.path() / "licences.tar.xz") << "texts";
    std::ofstream(folder.path() / "parts.cdx.json") << "{}";
    CHECK_THROWS_AS(Bill(folder.path()), StartupError);
    std::ofstream(folder.path() / "parts.cdx.json") << document;
    Bill const bill(folder.path());
    CHECK(bill.is_known());
    CHECK(bill.parts().size() == 2);
    CHECK(bill.text() == document);
    CHECK(bill.licences() == "texts");
}
