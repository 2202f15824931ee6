// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/common/kube/store_contract.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"

namespace millrace::test {
namespace {

ResourceName const echo{"default", "echo"};

Resource make_trigger(ResourceName const& name, std::string const& label = {}) {
    Resource trigger;
    trigger.object["apiVersion"] = kinds::trigger.api_version();
    trigger.object["kind"] = "Trigger";
    trigger.object["metadata"] = {{"name", name.name}, {"namespace", name.name_space}};
    if (!label.empty())
        trigger.object["metadata"]["labels"] = {{"millrace.dev/part", label}};
    trigger.object["spec"] = {{"broker", "default"}};
    return trigger;
}

Task<Resource> applied(ResourceStore& store, Resource trigger) {
    auto stored = co_await store.apply(kinds::trigger, std::move(trigger));
    REQUIRE(stored);
    co_return std::move(*stored);
}

Json ready_status() {
    Json status = Json::object();
    set_condition(status, "Ready", "True", "", "");
    return status;
}

Task<std::vector<std::string>> names(ResourceStore& store, Selector selector) {
    auto const listed = co_await store.list(kinds::trigger, std::move(selector));
    REQUIRE(listed);
    std::vector<std::string> found;
    for (Resource const& one : *listed)
        found.push_back(one.name().text());
    co_return found;
}

/// The next change, its type and name.
Task<std::string> told(Watch& watch) {
    auto const event = co_await watch.next();
    REQUIRE(event);
    constexpr std::array<std::string_view, 4> types = {"added", "deleted", "synced", "invalid"};
    std::string text(types.at(static_cast<std::size_t>(event->type)));
    co_return event->type == WatchEvent::Type::synced ? text : text + " " + event->name.text();
}

Task<void> check_apply(ResourceStore& store) {
    Resource const first = co_await applied(store, make_trigger(echo));
    CHECK(first.generation() == 1);
    CHECK_FALSE(first.uid().empty());
    CHECK_FALSE(first.resource_version().empty());
    Resource const same = co_await applied(store, make_trigger(echo));
    CHECK(same.generation() == 1);
    CHECK(same.uid() == first.uid());
    Resource changed = same;
    changed.object["spec"]["broker"] = "other";
    CHECK((co_await applied(store, changed)).generation() == 2);
    auto const stale = co_await store.apply(kinds::trigger, changed);
    REQUIRE_FALSE(stale);
    CHECK(stale.error().code == ErrorCode::conflict);
    REQUIRE(co_await store.remove(kinds::trigger, echo, {}));
    auto const gone = co_await store.apply(kinds::trigger, changed);
    REQUIRE_FALSE(gone);
    CHECK(gone.error().code == ErrorCode::conflict);
}

Task<void> check_get(ResourceStore& store) {
    auto const missing = co_await store.get(kinds::trigger, echo);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().code == ErrorCode::not_found);
    CHECK(missing.error().detail == "There is no Trigger default/echo.");
    auto const outside = co_await store.get(kinds::trigger, {"default", "../../secret"});
    REQUIRE_FALSE(outside);
    CHECK(outside.error().code == ErrorCode::invalid);
}

Task<void> check_list(ResourceStore& store) {
    co_await applied(store, make_trigger({"other", "a"}, "filter"));
    co_await applied(store, make_trigger({"default", "b"}, "route"));
    co_await applied(store, make_trigger({"default", "a"}));
    CHECK(
        co_await names(store, {}) == std::vector<std::string>{"default/a", "default/b", "other/a"});
    CHECK(
        co_await names(store, {.name_space = "default"}) ==
        std::vector<std::string>{"default/a", "default/b"});
    CHECK(
        co_await names(store, {.labels = {{"millrace.dev/part", "route"}}}) ==
        std::vector<std::string>{"default/b"});
    CHECK(
        co_await names(store, {.labels = {{"millrace.dev/part", std::nullopt}}}) ==
        std::vector<std::string>{"default/b", "other/a"});
    CHECK((co_await names(store, {.name_space = "none"})).empty());
}

Task<void> check_status(ResourceStore& store) {
    Resource const first = co_await applied(store, make_trigger(echo));
    REQUIRE(co_await store.put_status(kinds::trigger, echo, ready_status(), {}));
    Resource changed = (co_await store.get(kinds::trigger, echo)).value();
    changed.object["spec"]["broker"] = "other";
    Resource const after = co_await applied(store, std::move(changed));
    CHECK(condition_state(after.status(), "Ready") == "True");
    CHECK(co_await store.put_status(kinds::trigger, echo, Json::object(), first.uid()));
    auto const none =
        co_await store.put_status(kinds::trigger, {"default", "none"}, ready_status(), {});
    REQUIRE_FALSE(none);
    CHECK(none.error().code == ErrorCode::not_found);
}

Task<void> check_remove(ResourceStore& store) {
    co_await applied(store, make_trigger(echo));
    CHECK(co_await store.remove(kinds::trigger, echo, {}));
    CHECK(co_await store.remove(kinds::trigger, echo, {}));
    CHECK(co_await store.remove(kinds::trigger, echo, "a-uid-of-before"));
    CHECK((co_await names(store, {})).empty());
}

// Review 4.5: identity is the uid.
Task<void> check_identity(ResourceStore& store) {
    Resource const first = co_await applied(store, make_trigger(echo));
    REQUIRE(co_await store.put_status(kinds::trigger, echo, ready_status(), {}));
    REQUIRE(co_await store.remove(kinds::trigger, echo, first.uid()));
    Resource const second = co_await applied(store, make_trigger(echo));
    CHECK(second.uid() != first.uid());
    CHECK(second.status().empty());
    auto const removed = co_await store.remove(kinds::trigger, echo, first.uid());
    REQUIRE_FALSE(removed);
    CHECK(removed.error().code == ErrorCode::conflict);
    auto const put = co_await store.put_status(kinds::trigger, echo, ready_status(), first.uid());
    REQUIRE_FALSE(put);
    CHECK(put.error().code == ErrorCode::conflict);
    CHECK((co_await store.get(kinds::trigger, echo))->status().empty());
}

Task<void> check_watch(ResourceStore& store) {
    Resource const first = co_await applied(store, make_trigger(echo));
    auto const watch = store.watch(kinds::trigger, {});
    CHECK(co_await told(*watch) == "added default/echo");
    CHECK(co_await told(*watch) == "synced");
    co_await applied(store, make_trigger({"default", "second"}));
    CHECK(co_await told(*watch) == "added default/second");
    REQUIRE(co_await store.put_status(kinds::trigger, echo, ready_status(), {}));
    auto const shown = co_await watch->next();
    REQUIRE(shown);
    CHECK(condition_state(shown->resource.status(), "Ready") == "True");
    REQUIRE(co_await store.remove(kinds::trigger, echo, first.uid()));
    auto const gone = co_await watch->next();
    REQUIRE(gone);
    CHECK(gone->type == WatchEvent::Type::deleted);
    CHECK(gone->resource.uid() == first.uid());
    CHECK(gone->resource.name() == echo);
}

Task<void> check_selected_watch(ResourceStore& store) {
    co_await applied(store, make_trigger({"default", "a"}, "route"));
    co_await applied(store, make_trigger({"default", "b"}));
    co_await applied(store, make_trigger({"other", "a"}, "route"));
    auto const watch = store.watch(
        kinds::trigger, {.name_space = "default", .labels = {{"millrace.dev/part", "route"}}});
    CHECK(co_await told(*watch) == "added default/a");
    CHECK(co_await told(*watch) == "synced");
    co_await applied(store, make_trigger({"default", "b"}, "route"));
    CHECK(co_await told(*watch) == "added default/b");
    co_await applied(store, make_trigger({"default", "a"}, "filter"));
    CHECK(co_await told(*watch) == "deleted default/a");
}

Task<void> check_named_watch(ResourceStore& store) {
    co_await applied(store, make_trigger({"default", "a"}));
    co_await applied(store, make_trigger({"other", "b"}));
    auto const watch =
        store.watch(kinds::trigger, {.name_space = "default", .name = "b", .labels = {}});
    CHECK(co_await told(*watch) == "synced");
    co_await applied(store, make_trigger({"default", "c"}));
    co_await applied(store, make_trigger({"default", "b"}));
    CHECK(co_await told(*watch) == "added default/b");
}

Task<void> check_discovery(ResourceStore& store) {
    auto const found = co_await store.discover(KindWords::of(kinds::trigger));
    REQUIRE(found);
    CHECK(**found == kinds::trigger);
    CHECK_FALSE(co_await store.discover({"nowhere.example.com/v1", "Nothing"}));
}

Task<void> check_secret(ResourceStore& store) {
    std::string const password = "p@ss: 'word' # \"x\" \\ $HOME";
    Resource secret;
    secret.object["apiVersion"] = "v1";
    secret.object["kind"] = "Secret";
    secret.object["metadata"] = {{"name", "vc"}, {"namespace", "default"}};
    secret.object["stringData"] = {{"password", password}};
    auto const stored = co_await store.apply(kinds::secret, std::move(secret));
    REQUIRE(stored);
    CHECK(secret_values(*stored)->at("password").reveal() == password);
}

}  // namespace

void check_store_contract(MakeStore const& make_store) {
    asio::io_context io;
    auto const store = make_store(io);
    SECTION("what is applied is read back with uid, generation and version; no change is lost") {
        run_task(io, check_apply(*store));
    }
    SECTION("what is not there is not found, and no name leads outside") {
        run_task(io, check_get(*store));
    }
    SECTION("a listing is sorted, of one namespace or all, of those with a label") {
        run_task(io, check_list(*store));
    }
    SECTION("applying keeps the status, and the status can be replaced") {
        run_task(io, check_status(*store));
    }
    SECTION("removing what is not there is no error") {
        run_task(io, check_remove(*store));
    }
    SECTION("an object made again under its name is another one") {
        run_task(io, check_identity(*store));
    }
    SECTION("a watch tells what is there, then every change, a status too") {
        run_task(io, check_watch(*store));
    }
    SECTION("a watch of some tells those, and who is not one of them any more as deleted") {
        run_task(io, check_selected_watch(*store));
    }
    SECTION("a watch of one name tells that object alone") {
        run_task(io, check_named_watch(*store));
    }
    SECTION("a kind is found by the words of a reference") {
        run_task(io, check_discovery(*store));
    }
    SECTION("a Secret's values come back as they were, whatever is in them") {
        run_task(io, check_secret(*store));
    }
}

}  // namespace millrace::test
