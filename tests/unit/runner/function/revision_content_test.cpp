// SPDX-License-Identifier: Apache-2.0
#include "runner/function/revision_content.hpp"

#include <sys/stat.h>

#include "common/base/file.hpp"
#include "common/function/recipe.hpp"
#include "runner/function/revision_history.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::runner;

namespace {

/// What tells whether a file has been written again.
std::pair<ino_t, timespec> identity(std::filesystem::path const& file) {
    struct stat about{};
    REQUIRE(::stat(file.c_str(), &about) == 0);
    return {about.st_ino, about.st_mtim};
}

bool same(std::pair<ino_t, timespec> const& a, std::pair<ino_t, timespec> const& b) {
    return a.first == b.first && a.second.tv_sec == b.second.tv_sec &&
           a.second.tv_nsec == b.second.tv_nsec;
}

}  // namespace

// review 4.3
TEST_CASE("Code: a ConfigMap is written once, however often it is asked for") {
    test::TemporaryFolder const folder;
    Resource const code = make_code({"default", "f"}, {{"handler.py", "one"}, {"more.py", ""}});
    auto const place = write_code(code, folder.path());
    REQUIRE(place);
    CHECK(read_file(*place / "handler.py", 100) == "one");
    auto const file = identity(*place / "handler.py");
    auto const all = identity(folder.path());
    for (int i = 0; i < 3; ++i)
        CHECK(write_code(code, folder.path()) == *place);
    CHECK(same(identity(*place / "handler.py"), file));
    CHECK(same(identity(folder.path()), all));
}

TEST_CASE("Code: other content under the same name gets a folder of its own; old ones can go") {
    test::TemporaryFolder const folder;
    Resource code = make_code({"default", "f"}, {{"handler.py", "one"}});
    auto const first = write_code(code, folder.path());
    code.object["data"]["handler.py"] = "two";
    auto const second = write_code(code, folder.path());
    REQUIRE((first && second));
    CHECK(*first != *second);
    remove_code_beside(folder.path(), {*second});
    CHECK_FALSE(std::filesystem::exists(*first));
    CHECK(std::filesystem::exists(*second));
}

TEST_CASE("Code: a key that is no file name is refused, and nothing of it stays") {
    test::TemporaryFolder const folder;
    Resource code = make_code({"default", "f"}, {{"handler.py", "one"}});
    code.object["data"]["../handler.py"] = "two";
    auto const place = write_code(code, folder.path());
    REQUIRE_FALSE(place);
    CHECK(place.error().detail.find("no file name") != std::string::npos);
    CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("Revisions: the one that serves keeps its record when a newer one does not load") {
    test::TemporaryFolder const folder;
    auto const file = folder.path() / "revisions.json";
    {
        RevisionHistory history(file);
        history.begin("f-00001", "f-a");
        history.end("f-00001", "");
        history.begin("f-00002", "f-b");
        history.end("f-00002", "no");
        // Its Secret changed, and with it the revision does not load; it served before.
        history.begin("f-00001", "f-a");
        history.end("f-00001", "no Secret");
    }
    RevisionHistory const history(file);
    REQUIRE(history.records().size() == 2);
    CHECK(history.records()[0].ready);
    CHECK_FALSE(history.records()[1].ready);
    CHECK(history.latest() == "f-00002");
    Json const described = history.describe("f-00001");
    CHECK(bool_at(described["items"][0], "serving", false));
    CHECK(string_at(described["items"][1], "problem") == "no");
    CHECK(described["items"][0].contains("createdAt"));
}

TEST_CASE("Revisions: twenty are kept, and a damaged file begins anew") {
    test::TemporaryFolder const folder;
    auto const file = folder.path() / "revisions.json";
    {
        RevisionHistory history(file);
        for (int i = 0; i < 25; ++i) {
            history.begin("f-" + std::to_string(i), "c");
            history.end("f-" + std::to_string(i), "");
        }
        CHECK(history.records().size() == 20);
        CHECK(history.records().front().name == "f-5");
    }
    REQUIRE(write_file_atomic(file, "{", 0600));
    CHECK(RevisionHistory(file).records().empty());
}
