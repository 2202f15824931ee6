// SPDX-License-Identifier: Apache-2.0
// Image archives brought and removed over the real socket, with a machine that only records which
// programs are run on it.
#include <fstream>
#include <sstream>

#include "tests/integration/configurator/setup_world.hpp"
#include "tests/support/child_service.hpp"
#include "tests/unit/configurator/images/image_archive.hpp"

using namespace millrace;
using namespace millrace::configurator;
using namespace millrace::configurator::test;
using millrace::test::run_task;

namespace {

constexpr auto images = "/api/v1/system/images";
constexpr auto import_program = "run /usr/libexec/millrace/millrace-configurator images";
constexpr auto import_of_tool =
    "run /usr/libexec/millrace/millrace-configurator images --required=tool.tar";
constexpr std::size_t piece_bytes = 1 << 20;

std::string archive_of(SetupWorld const& world, Tree const& tree) {
    auto const file = world.folder.path() / "made.tar";
    write_tar(file, tree);
    std::ostringstream content;
    content << std::ifstream(file, std::ios::binary).rdbuf();
    return content.str();
}

Task<HttpResponse> begin(SetupWorld& world, std::string name, std::size_t bytes) {
    Json const body = {{"name", name}, {"bytes", bytes}};
    co_return co_await world.call("POST", images, dump_json(body));
}

std::string at(std::size_t offset) {
    return std::string(images) + "/upload?offset=" + std::to_string(offset);
}

/// Until nothing is done with archives, and something was.
Task<Json> ended(SetupWorld& world) {
    for (auto const until = steady_now() + 60s;;) {
        Json view = co_await world.get(images);
        if (!view.contains("work") && view.contains("last"))
            co_return view;
        if (steady_now() > until)
            FAIL("It does not end: " << view.dump());
        co_await sleep_for(10ms);
    }
}

Task<Json> upload(SetupWorld& world, std::string name, std::string content) {
    auto const begun = co_await begin(world, name, content.size());
    INFO(begun.body);
    REQUIRE(begun.status == 201);
    for (std::size_t offset = 0; offset < content.size(); offset += piece_bytes) {
        auto const put =
            co_await world.call("PUT", at(offset), content.substr(offset, piece_bytes));
        INFO(put.body);
        REQUIRE(put.status == 204);
    }
    auto const finished = co_await world.call("POST", std::string(images) + "/upload/finish");
    CHECK(finished.status == 202);
    co_return co_await ended(world);
}

Task<void> configured(SetupWorld& world) {
    co_await world.reach("finished");
    for (auto const until = steady_now() + 60s;
         (co_await world.call("GET", images)).status != 200;) {
        REQUIRE(steady_now() < until);
        co_await sleep_for(10ms);
    }
}

bool is_brought(SetupWorld const& world, std::string const& name) {
    return std::filesystem::exists(world.folder.path() / "brought" / name);
}

Task<void> check_added(SetupWorld& world) {
    co_await configured(world);
    Json const layer = std::string(3 * piece_bytes, 'l');
    std::string const archive =
        archive_of(world, docker_image("example.com/tool:1", "amd64", layer.get<std::string>()));
    Json const view = co_await upload(world, "tool.tar", archive);
    CHECK(string_at(view, "last/outcome") == "added");
    CHECK(view.at("archives").size() == 1);
    CHECK(view.at("archives")[0].at("images") == Json{"example.com/tool:1"});
    CHECK(is_brought(world, "tool.tar"));
    CHECK(world.image_host.ran == std::vector<std::string>{import_of_tool});
    CHECK(problem_code(co_await begin(world, "tool.tar", 10), 409) == "image.conflict");
    Json const again = co_await upload(world, "again.tar", archive);
    CHECK(string_at(again, "last/outcome") == "refused");
    CHECK(
        string_at(again, "last/problem") ==
        "It has the image example.com/tool:1, which is in tool.tar already; give it another tag.");
    CHECK_FALSE(is_brought(world, "again.tar"));
    CHECK(world.image_host.ran.size() == 1);
}

Task<void> check_refused(SetupWorld& world) {
    co_await configured(world);
    CHECK(problem_code(co_await begin(world, "../a.tar", 10), 422) == "image.invalid");
    CHECK(problem_code(co_await begin(world, "a.tar", 0), 422) == "image.invalid");
    CHECK(
        problem_code(co_await begin(world, "a.tar", std::size_t{1} << 40), 413) ==
        "image.tooLarge");
    CHECK(problem_code(co_await world.call("PUT", at(0), "x"), 409) == "image.offset");
    CHECK(
        problem_code(
            co_await world.call("PUT", std::string(images) + "/upload?offset=a", "x"), 400) ==
        "request.malformed");
    CHECK(
        problem_code(co_await world.call("DELETE", std::string(images) + "/upload"), 409) ==
        "image.none");
    Json view = co_await upload(world, "text.tar", std::string(2000, 'x'));
    CHECK(string_at(view, "last/outcome") == "refused");
    view = co_await upload(
        world, "arm.tar", archive_of(world, docker_image("example.com/tool:1", "arm64")));
    CHECK(
        string_at(view, "last/problem") ==
        "example.com/tool:1 is for linux/arm64; this appliance needs linux/amd64.");
    CHECK(view.at("archives").empty());
    CHECK(world.image_host.ran.empty());
}

/// An import that fails leaves nothing: the next start would fail at it.
Task<void> check_import_failed(SetupWorld& world) {
    co_await configured(world);
    world.image_host.failures[import_of_tool] = 1;
    std::string const archive = archive_of(world, docker_image("example.com/tool:1"));
    Json view = co_await upload(world, "tool.tar", archive);
    CHECK(string_at(view, "last/outcome") == "failed");
    CHECK(string_at(view, "last/problem").find("--required=tool.tar failed.") != std::string::npos);
    CHECK_FALSE(is_brought(world, "tool.tar"));
    view = co_await upload(world, "tool.tar", archive);
    CHECK(string_at(view, "last/outcome") == "added");
}

Task<void> check_cancelled(SetupWorld& world) {
    co_await configured(world);
    CHECK((co_await begin(world, "tool.tar", 10)).status == 201);
    CHECK((co_await world.call("PUT", at(0), "half")).status == 204);
    CHECK(integer_at(co_await world.get(images), "work/receivedBytes") == 4);
    CHECK(is_brought(world, "tool.tar.part"));
    CHECK((co_await world.call("DELETE", std::string(images) + "/upload")).status == 204);
    CHECK_FALSE(is_brought(world, "tool.tar.part"));
    CHECK(string_at(co_await ended(world), "last/outcome") == "cancelled");
}

Task<void> begin_half(SetupWorld& world) {
    co_await configured(world);
    CHECK((co_await begin(world, "tool.tar", 10)).status == 201);
    CHECK((co_await world.call("PUT", at(0), "half")).status == 204);
}

Task<void> check_gone_after_restart(SetupWorld& world) {
    co_await configured(world);
    CHECK_FALSE(is_brought(world, "tool.tar.part"));
    CHECK_FALSE((co_await world.get(images)).contains("work"));
}

Task<HttpResponse> remove(SetupWorld& world, std::string name) {
    co_return co_await world.call("DELETE", std::string(images) + "/archive?name=" + name);
}

Task<void> check_removed(SetupWorld& world) {
    co_await configured(world);
    co_await upload(world, "tool.tar", archive_of(world, docker_image("busybox:1")));
    CHECK(problem_code(co_await remove(world, "other.tar"), 404) == "image.none");
    world.image_host.says = "dev.local/a:1 busybox:1 end-of-list";
    CHECK(problem_code(co_await remove(world, "tool.tar"), 409) == "image.conflict");
    // What cannot be read is not unused.
    world.image_host.says = "dev.local/a:1";
    CHECK(problem_code(co_await remove(world, "tool.tar"), 503) == "image.unavailable");
    CHECK(is_brought(world, "tool.tar"));
    world.image_host.says = "dev.local/a:1 busybox:2 end-of-list";
    world.image_host.ran.clear();
    CHECK((co_await remove(world, "tool.tar")).status == 202);
    Json const view = co_await ended(world);
    CHECK(string_at(view, "last/outcome") == "removed");
    CHECK(view.at("archives").empty());
    CHECK_FALSE(is_brought(world, "tool.tar"));
    CHECK(world.image_host.ran.size() == 3);
    CHECK(world.image_host.ran[1] == import_program);
    CHECK(world.image_host.ran[2].ends_with("images remove --sync docker.io/library/busybox:1"));
}

Task<void> check_own_stays(SetupWorld& world) {
    co_await configured(world);
    Json const view = co_await world.get(images);
    CHECK(bool_at(view.at("archives")[0], "own", false));
    CHECK(problem_code(co_await remove(world, "own.tar"), 403) == "image.own");
}

}  // namespace

TEST_CASE("images: an archive is taken in pieces, checked and imported; its images are new ones") {
    SetupWorld world(least_form());
    run_task(world.io, check_added(world));
}

TEST_CASE("images: what is no image for this machine is refused before anything is imported") {
    SetupWorld world(least_form());
    run_task(world.io, check_refused(world));
}

TEST_CASE("images: an archive that cannot be imported does not stay") {
    SetupWorld world(least_form());
    run_task(world.io, check_import_failed(world));
}

TEST_CASE("images: an upload is given up by a person, or by a restart") {
    SetupWorld world(least_form());
    run_task(world.io, check_cancelled(world));
    run_task(world.io, begin_half(world));
    world.stop();
    world.start();
    run_task(world.io, check_gone_after_restart(world));
}

TEST_CASE("images: an archive goes with its images, but not one that a function needs") {
    SetupWorld world(least_form());
    run_task(world.io, check_removed(world));
}

TEST_CASE("images: the appliance's own archives are shown, and stay") {
    SetupWorld world(least_form());
    std::filesystem::create_directories(world.folder.path() / "own");
    write_tar(world.folder.path() / "own" / "own.tar", docker_image("dev.local/a:1"));
    run_task(world.io, check_own_stays(world));
}
