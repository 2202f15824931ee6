// SPDX-License-Identifier: Apache-2.0
// What a store of files does when files are not as it wrote them, or cannot be written.
#include <sys/file.h>

#include <fstream>

#include "common/base/file.hpp"
#include "common/kube/directory/directory_files.hpp"
#include "common/kube/directory/directory_store.hpp"
#include "common/kube/directory/object_check.hpp"
#include "common/net/task_group.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/file_size_limit.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

ResourceName const echo{"default", "echo"};

Resource make_trigger(std::string const& name = "echo") {
    Resource trigger;
    trigger.object["apiVersion"] = kinds::trigger.api_version();
    trigger.object["kind"] = "Trigger";
    trigger.object["metadata"] = {{"name", name}, {"namespace", "default"}};
    trigger.object["spec"] = {{"broker", "default"}};
    return trigger;
}

/// A store of files and the folder it keeps them in.
struct World {
    asio::io_context io;
    TemporaryFolder folder;
    DirectoryStore store{io.get_executor(), folder.path()};

    std::filesystem::path file(std::string const& name) const {
        return object_paths(folder.path(), kinds::trigger, {"default", name}).object;
    }
    void put(std::string const& name, std::string const& content) const {
        std::filesystem::create_directories(file(name).parent_path());
        REQUIRE(write_file_atomic(file(name), content, 0600, Durability::process));
    }
    Task<Resource> applied(Resource trigger) {
        auto stored = co_await store.apply(kinds::trigger, std::move(trigger));
        REQUIRE(stored);
        co_return std::move(*stored);
    }
    Task<Error> refused(Resource trigger) {
        auto const stored = co_await store.apply(kinds::trigger, std::move(trigger));
        REQUIRE_FALSE(stored);
        co_return stored.error();
    }
};

;

Task<void> check_full_disk(World& world) {
    Resource const first = co_await world.applied(make_trigger());
    {
        FileSizeLimit const full(64);
        Resource changed = first;
        changed.object["spec"]["broker"] = "other";
        Error const refused = co_await world.refused(std::move(changed));
        CHECK(refused.code == ErrorCode::storage);
        auto const status = co_await world.store.put_status(
            kinds::trigger, echo, {{"long", std::string(100, 'x')}}, {});
        CHECK(status.error().code == ErrorCode::storage);
    }
    auto const now = co_await world.store.get(kinds::trigger, echo);
    REQUIRE(now);
    CHECK(now->resource_version() == first.resource_version());
    // Nothing half-written is left, which a later listing could take for an object.
    CHECK(list_folder(world.file("echo").parent_path())->size() == 1);
    CHECK(co_await world.store.put_status(kinds::trigger, echo, {{"a", 1}}, first.uid()));
}

/// What could not be read back is not written, and what was there stays.
Task<void> check_unreadable(World& world) {
    Resource const first = co_await world.applied(make_trigger());
    Resource deep = make_trigger();
    Json nested = "x";
    for (int i = 0; i < 40; ++i)
        nested = Json{{"a", std::move(nested)}};
    deep.object["spec"] = std::move(nested);
    CHECK((co_await world.refused(deep)).detail.find("Nested deeper") != std::string::npos);
    Resource large = make_trigger();
    // 300 KiB of it become 1.2 MiB of escapes.
    large.object["data"] = {{"handler.py", std::string(300 << 10, '\x01')}};
    CHECK((co_await world.refused(large)).detail.find("Larger than 1 MiB.") != std::string::npos);
    Resource other = make_trigger();
    other.object["kind"] = "Broker";
    other.object.erase("apiVersion");
    Error const identity = co_await world.refused(other);
    CHECK(identity.code == ErrorCode::invalid);
    CHECK(identity.detail.find("/apiVersion: is required.") != std::string::npos);
    CHECK(identity.detail.find(R"(/kind: must be "Trigger", not "Broker".)") != std::string::npos);
    auto const now = co_await world.store.get(kinds::trigger, echo);
    REQUIRE(now);
    CHECK(now->resource_version() == first.resource_version());
}

Task<void> check_odd_files(World& world) {
    co_await world.applied(make_trigger());
    world.put("empty", "");
    world.put("list", "- a\n");
    world.put("two", "a: 1\n---\nb: 2\n");
    world.put("name", "apiVersion: eventing.knative.dev/v1\nkind: Trigger\nmetadata:\n  name: x\n");
    std::filesystem::create_directory(world.file("folder"));
    std::filesystem::path const folder = world.file("echo").parent_path();
    for (auto const* other : {"README.md", "UPPER.yaml", ".echo.yaml.1a2b", "a..b.yaml", "x.yml"})
        std::ofstream(folder / other) << "no object";
    auto const listed = co_await world.store.list(kinds::trigger, {});
    REQUIRE(listed);
    REQUIRE(listed->size() == 1);
    CHECK(listed->front().name() == echo);
    auto const watch = world.store.watch(kinds::trigger, {});
    std::map<std::string, WatchEvent::Type> told;
    for (auto event = co_await watch->next(); event->type != WatchEvent::Type::synced;
         event = co_await watch->next())
        told[event->name.name] = event->type;
    CHECK(told.size() == 6);
    for (auto const* name : {"empty", "list", "two", "name", "folder"}) {
        INFO(name);
        CHECK(told[name] == WatchEvent::Type::invalid);
        auto const read = co_await world.store.get(kinds::trigger, {"default", name});
        REQUIRE_FALSE(read);
        CHECK(read.error().code == ErrorCode::invalid);
        CHECK(read.error().detail.find(world.file(name).string()) != std::string::npos);
    }
}

Task<void> check_unreachable(World& world) {
    co_await world.applied(make_trigger());
    std::filesystem::remove(world.file("echo"));
    std::filesystem::create_symlink("echo.yaml", world.file("echo"));
    // A loop of links: the system says no, and nothing is known of the object.
    auto const listed = co_await world.store.list(kinds::trigger, {});
    REQUIRE_FALSE(listed);
    CHECK(listed.error().code == ErrorCode::storage);
    CHECK((co_await world.refused(make_trigger())).code == ErrorCode::storage);
    CHECK(std::filesystem::is_symlink(world.file("echo")));
}

Task<void> check_recovery(World& world) {
    co_await world.applied(make_trigger());
    auto const watch = world.store.watch(kinds::trigger, {});
    CHECK((co_await watch->next())->type == WatchEvent::Type::added);
    CHECK((co_await watch->next())->type == WatchEvent::Type::synced);
    auto const kept = world.file("echo").parent_path() / "kept";
    std::filesystem::rename(world.file("echo"), kept);
    std::filesystem::create_symlink("echo.yaml", world.file("echo"));
    auto const hindered = co_await watch->next();
    REQUIRE_FALSE(hindered);
    CHECK(hindered.error().code == ErrorCode::storage);
    std::filesystem::rename(kept, world.file("echo"));
    CHECK((co_await watch->next())->type == WatchEvent::Type::synced);
}

Task<void> check_broken_status(World& world) {
    Resource const first = co_await world.applied(make_trigger());
    REQUIRE(co_await world.store.put_status(kinds::trigger, echo, {{"a", 1}}, {}));
    std::ofstream(object_paths(world.folder.path(), kinds::trigger, echo).status) << "a: [";
    auto const now = co_await world.store.get(kinds::trigger, echo);
    REQUIRE(now);
    CHECK(now->uid() == first.uid());
    CHECK(now->status().empty());
}

Task<void> check_replaced_whole(World& world) {
    auto const watch = world.store.watch(kinds::trigger, {});
    CHECK((co_await watch->next())->type == WatchEvent::Type::synced);
    // Made by hand: the whole folder of a namespace, moved into its place at once.
    std::filesystem::path const made = world.folder.path() / "made";
    std::filesystem::create_directory(made);
    for (std::string const name : {"a", "b"})
        std::ofstream(made / (name + ".yaml"))
            << "apiVersion: eventing.knative.dev/v1\nkind: Trigger\nmetadata: {name: " << name
            << "}\n";
    std::filesystem::path const place = world.file("a").parent_path();
    std::filesystem::rename(made, place);
    CHECK((co_await watch->next())->name.name == "a");
    CHECK((co_await watch->next())->name.name == "b");
    std::filesystem::rename(place, made);
    for (auto const* name : {"a", "b"}) {
        auto const gone = co_await watch->next();
        REQUIRE(gone);
        CHECK(gone->type == WatchEvent::Type::deleted);
        CHECK(gone->name.name == name);
    }
}

Task<void> check_lock(World& world) {
    FileDescriptor const holder(::open((world.folder.path() / "lock").c_str(), O_RDWR | O_CLOEXEC));
    REQUIRE(::flock(holder.get(), LOCK_EX) == 0);
    TaskGroup tasks(co_await asio::this_coro::executor);
    bool is_written = false;
    tasks.spawn("apply", [](World& to, bool& written) -> Task<void> {
        co_await to.applied(make_trigger());
        written = true;
    }(world, is_written));
    // One that does not wait has written long before.
    CHECK(co_await sleep_for(100ms));
    CHECK_FALSE(is_written);
    REQUIRE(::flock(holder.get(), LOCK_UN) == 0);
    CHECK(co_await world.store.get(kinds::trigger, echo));
    CHECK(is_written);
}

}  // namespace

TEST_CASE("Directory store: a full disk is told, and what was there before is there still") {
    World world;
    run_task(world.io, check_full_disk(world));
}

TEST_CASE("Directory store: what could not be read back is refused before it is written") {
    World world;
    run_task(world.io, check_unreadable(world));
}

TEST_CASE("Directory store: files that are no objects are told as invalid, or are none of it") {
    World world;
    run_task(world.io, check_odd_files(world));
}

TEST_CASE("Directory store: what the system does not let be read is neither gone nor overwritten") {
    World world;
    run_task(world.io, check_unreachable(world));
}

TEST_CASE("Directory store: a watch that works again says so, though nothing has changed") {
    World world;
    run_task(world.io, check_recovery(world));
}

TEST_CASE("Directory store: a status that cannot be read is as good as none") {
    World world;
    run_task(world.io, check_broken_status(world));
}

TEST_CASE("Directory store: a namespace that comes or goes as a whole is told object by object") {
    World world;
    run_task(world.io, check_replaced_whole(world));
}

TEST_CASE("Directory store: a writer waits for the process that holds the lock") {
    World world;
    run_task(world.io, check_lock(world));
}

TEST_CASE("Directory store: a folder that cannot be made is told at start, by its flag") {
    asio::io_context io;
    TemporaryFolder const folder;
    REQUIRE(write_file_atomic(folder.path() / "file", "", 0600));
    try {
        DirectoryStore const store(io.get_executor(), folder.path() / "file/state");
        FAIL("It was made below a file.");
    } catch (StartupError const& error) {
        CHECK(std::string(error.what()).starts_with("--state: "));
    }
}

TEST_CASE(
    "Object check: all faults of all objects, with file and line, and none of the good ones") {
    World world;
    run_task(world.io, [](World& in) -> Task<void> {
        co_await in.applied(make_trigger("good"));
        co_await in.applied(make_trigger("odd"));
    }(world));
    world.put("broken", "a: 1\na: 2\n");
    auto const check = [](Resource const& object) -> Faults {
        return object.name().name == "odd" ? Faults{{"/spec/broker", "is odd."}} : Faults();
    };
    CHECK(
        to_string(check_objects(world.folder.path(), kinds::trigger, check)) ==
        world.file("broken").string() +
            ":2: The key \"a\" stands twice in one mapping; remove one.\n" +
            world.file("odd").string() + ": /spec/broker: is odd.");
    CHECK(check_objects(world.folder.path() / "none", kinds::trigger, check).empty());
}
