// SPDX-License-Identifier: Apache-2.0
#include "common/kube/written_status.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/failing_store.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

Resource make_trigger() {
    Resource trigger;
    trigger.object["apiVersion"] = kinds::trigger.api_version();
    trigger.object["kind"] = "Trigger";
    trigger.object["metadata"] = {{"name", "echo"}, {"namespace", "default"}};
    trigger.object["spec"] = {{"broker", "default"}};
    return trigger;
}

/// A store with one Trigger, and what it holds of its status.
struct World {
    asio::io_context io;
    TemporaryFolder folder;
    FailingStore store{io.get_executor(), folder.path()};
    WrittenStatus written;

    Task<Resource> applied() {
        auto trigger = co_await store.apply(kinds::trigger, make_trigger());
        REQUIRE(trigger);
        co_return std::move(*trigger);
    }
    Task<Result<void>> put(Resource const& object, Json status) {
        return written.put(store, kinds::trigger, object, std::move(status));
    }
    Task<std::string> stored() {
        auto const now = co_await store.get(kinds::trigger, {"default", "echo"});
        REQUIRE(now);
        co_return dump_json(now->status());
    }
};

Task<void> check_writing(World& world) {
    Resource const trigger = co_await world.applied();
    CHECK(co_await world.put(trigger, {{"a", 1}}));
    CHECK(co_await world.stored() == R"({"a":1})");
    // Written by somebody else meanwhile: ours is not written again while it is the same.
    REQUIRE(co_await world.store.put_status(kinds::trigger, trigger.name(), {{"b", 2}}, {}));
    CHECK(co_await world.put(trigger, {{"a", 1}}));
    CHECK(co_await world.stored() == R"({"b":2})");
    CHECK(co_await world.put(trigger, {{"a", 2}}));
    CHECK(co_await world.stored() == R"({"a":2})");
}

Task<void> check_full_disk(World& world) {
    Resource const trigger = co_await world.applied();
    world.store.is_full = true;
    auto const refused = co_await world.put(trigger, {{"a", 1}});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::storage);
    world.store.is_full = false;
    // What was not written is not taken for written.
    CHECK(co_await world.put(trigger, {{"a", 1}}));
    CHECK(co_await world.stored() == R"({"a":1})");
}

Task<void> check_gone(World& world) {
    Resource const trigger = co_await world.applied();
    REQUIRE(co_await world.store.remove(kinds::trigger, trigger.name(), {}));
    CHECK(co_await world.put(trigger, {{"a", 1}}));
    Resource const again = co_await world.applied();
    REQUIRE(again.uid() != trigger.uid());
    auto const other = co_await world.put(trigger, {{"a", 2}});
    REQUIRE_FALSE(other);
    CHECK(other.error().code == ErrorCode::conflict);
    world.written.forget();
    CHECK(co_await world.put(again, {{"a", 3}}));
    CHECK(co_await world.stored() == R"({"a":3})");
}

}  // namespace

TEST_CASE("Written status: it is written where it differs from what was written last") {
    World world;
    run_task(world.io, check_writing(world));
}

TEST_CASE("Written status: what the disk refused is written at the next try") {
    World world;
    run_task(world.io, check_full_disk(world));
}

TEST_CASE("Written status: an object that is gone needs none, and one made anew is another") {
    World world;
    run_task(world.io, check_gone(world));
}

TEST_CASE("Written status: the next is made from the last one, or from what the object has") {
    WrittenStatus const written;
    Resource trigger = make_trigger();
    CHECK(written.basis(trigger) == Json::object());
    trigger.object["status"] = {{"a", 1}};
    CHECK(written.basis(trigger) == Json{{"a", 1}});
}
