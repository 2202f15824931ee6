// SPDX-License-Identifier: Apache-2.0
// The store of a real API server.
#include "common/kube/api_server/kubernetes_store.hpp"

#include "common/base/file.hpp"
#include "tests/e2e/common/kube/running_api.hpp"
#include "tests/integration/common/kube/store_contract.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

ResourceName const echo{"default", "echo"};

std::unique_ptr<KubernetesStore> make_store(asio::io_context& io) {
    return std::make_unique<KubernetesStore>(
        io.get_executor(), find_api_access(running_api().kubeconfig()));
}

/// A store without Triggers and Secrets.
std::unique_ptr<KubernetesStore> make_empty_store(asio::io_context& io) {
    RunningApi const& api = running_api();
    // As collections: one by one, kubectl deletes five a second.
    for (std::string const name_space : {"default", "other"})
        for (std::string const group : {"/api/v1", "/apis/eventing.knative.dev/v1"})
            api.kubectl(
                "delete --raw " + group + "/namespaces/" + name_space +
                (group == "/api/v1" ? "/secrets" : "/triggers"));
    return make_store(io);
}

Resource make_trigger(std::string const& name, Json spec = {{"broker", "default"}}) {
    Resource trigger;
    trigger.object["apiVersion"] = kinds::trigger.api_version();
    trigger.object["kind"] = "Trigger";
    trigger.object["metadata"] = {{"name", name}, {"namespace", "default"}};
    trigger.object["spec"] = std::move(spec);
    trigger.object["spec"]["subscriber"] = {{"uri", "http://127.0.0.1:9"}};
    return trigger;
}

/// The next change; what stands in the way until then is passed over, as every reader does.
Task<WatchEvent> next(Watch& watch) {
    SteadyTime const deadline = steady_now() + 30s;
    for (;;) {
        auto event = co_await watch.next();
        if (event)
            co_return std::move(*event);
        INFO(event.error().detail);
        REQUIRE(steady_now() < deadline);
        co_await sleep_for(50ms);
    }
}

Task<void> check_restart(ResourceStore& store) {
    RunningApi& api = running_api();
    REQUIRE(co_await store.apply(kinds::trigger, make_trigger("kept")));
    REQUIRE(co_await store.apply(kinds::trigger, make_trigger("removed")));
    auto const watch = store.watch(kinds::trigger, {});
    CHECK((co_await next(*watch)).name.name == "kept");
    CHECK((co_await next(*watch)).name.name == "removed");
    CHECK((co_await next(*watch)).type == WatchEvent::Type::synced);
    api.kill_api_server();
    auto const unreachable = co_await store.get(kinds::trigger, echo);
    REQUIRE_FALSE(unreachable);
    CHECK(unreachable.error().code == ErrorCode::unavailable);
    api.start();
    api.kubectl("delete trigger removed --namespace default");
    // First, as a rule, that what stood in the way is over.
    WatchEvent gone = co_await next(*watch);
    if (gone.type == WatchEvent::Type::synced)
        gone = co_await next(*watch);
    CHECK(gone.type == WatchEvent::Type::deleted);
    CHECK(gone.name.name == "removed");
}

Task<void> check_quiet_restart(ResourceStore& store) {
    auto const watch = store.watch(kinds::trigger, {});
    CHECK((co_await next(*watch)).type == WatchEvent::Type::synced);
    running_api().kill_api_server();
    CHECK_FALSE(co_await watch->next());
    running_api().start();
    CHECK((co_await next(*watch)).type == WatchEvent::Type::synced);
}

Task<void> check_pages(ResourceStore& store) {
    constexpr int count = 1203;
    std::string manifest;
    for (int i = 0; i < count; ++i)
        manifest += "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"s" +
                    std::to_string(i) + "\"}}\n---\n";
    TemporaryFolder const folder;
    REQUIRE(write_file_atomic(folder.path() / "secrets.yaml", manifest, 0600));
    running_api().kubectl(
        "create --namespace other -f '" + (folder.path() / "secrets.yaml").string() + "'");
    auto const listed = co_await store.list(kinds::secret, {.name_space = "other", .labels = {}});
    REQUIRE(listed);
    CHECK(listed->size() == count);
    auto const watch = store.watch(kinds::secret, {.name_space = "other", .labels = {}});
    for (int i = 0; i < count; ++i)
        CHECK((co_await next(*watch)).type == WatchEvent::Type::added);
    CHECK((co_await next(*watch)).type == WatchEvent::Type::synced);
}

Task<void> check_owners(ResourceStore& store) {
    RunningApi const& api = running_api();
    REQUIRE(co_await store.apply(kinds::trigger, make_trigger("echo")));
    api.kubectl("label trigger echo team=storage --namespace default");
    Resource ours = make_trigger("echo");
    ours.object["metadata"]["annotations"] = {{"a", "b"}};
    auto const applied = co_await store.apply(kinds::trigger, ours);
    REQUIRE(applied);
    CHECK(applied->label("team") == "storage");
    CHECK(applied->annotation("a") == "b");
    ours.object["metadata"].erase("annotations");
    auto const without = co_await store.apply(kinds::trigger, ours);
    REQUIRE(without);
    CHECK(without->annotation("a").empty());
    // Read, changed and written back: then the object is what was written.
    Resource whole = *without;
    whole.object["metadata"].erase("labels");
    auto const replaced = co_await store.apply(kinds::trigger, whole);
    REQUIRE(replaced);
    CHECK(replaced->label("team").empty());
}

Task<void> check_refusals(ResourceStore& store) {
    auto const source = co_await store.get(kinds::vsphere_source, echo);
    REQUIRE_FALSE(source);
    CHECK(source.error().code == ErrorCode::unavailable);
    CHECK(source.error().detail.find("vspheresources.sources.tanzu") != std::string::npos);
    Resource elsewhere = make_trigger("echo");
    elsewhere.object["metadata"]["namespace"] = "nowhere";
    auto const applied = co_await store.apply(kinds::trigger, elsewhere);
    REQUIRE_FALSE(applied);
    CHECK(applied.error().detail == "There is no namespace nowhere: create it, then try again.");
    auto const wrong = co_await store.apply(
        kinds::trigger, make_trigger("echo", {{"broker", "default"}, {"filters", "none"}}));
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().code == ErrorCode::invalid);
    CHECK(wrong.error().detail.find("filters") != std::string::npos);
}

constexpr std::string_view late_crd = R"({"apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition", "metadata": {"name": "mills.late.example.com"},
    "spec": {"group": "late.example.com", "scope": "Namespaced",
             "names": {"plural": "mills", "singular": "mill", "kind": "Mill"},
             "versions": [{"name": "v1", "served": true, "storage": true,
               "schema": {"openAPIV3Schema": {"type": "object",
                 "x-kubernetes-preserve-unknown-fields": true}}}]}})";

Task<void> check_late_kind(ResourceStore& store) {
    auto const before = co_await store.discover({"late.example.com/v1", "Mill"});
    REQUIRE_FALSE(before);
    CHECK(before.error().code == ErrorCode::not_found);
    constexpr ResourceKind mill{"late.example.com", "v1", "Mill", "mills"};
    auto const watch = store.watch(mill, {});
    auto const told = co_await watch->next();
    REQUIRE_FALSE(told);
    CHECK(told.error().code == ErrorCode::not_found);
    TemporaryFolder const folder;
    REQUIRE(write_file_atomic(folder.path() / "crd.json", late_crd, 0600));
    running_api().kubectl("create -f '" + (folder.path() / "crd.json").string() + "'");
    running_api().kubectl(
        "wait --for=condition=Established --timeout=20s crd/mills.late.example.com");
    CHECK((co_await next(*watch)).type == WatchEvent::Type::synced);
    auto const found = co_await store.discover({"late.example.com/v1", "Mill"});
    REQUIRE(found);
    CHECK(**found == mill);
    running_api().kubectl("delete crd mills.late.example.com");
}

Task<void> check_unknown(ResourceStore& store) {
    for (auto const& kind : {kinds::trigger, kinds::secret}) {
        auto const watch = store.watch(kind, {});
        auto const told = co_await watch->next();
        REQUIRE_FALSE(told);
        CHECK(told.error().code == ErrorCode::unauthenticated);
    }
}

Task<void> check_without_rights(ResourceStore& store) {
    auto const got = co_await store.get(kinds::secret, echo);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == ErrorCode::forbidden);
    CHECK(got.error().detail.find("nobody") != std::string::npos);
}

}  // namespace

TEST_CASE("Kubernetes store: it keeps what every store promises") {
    check_store_contract([](asio::io_context& io) { return make_empty_store(io); });
}

TEST_CASE("Kubernetes store: a watch outlives the API server, and misses nothing") {
    asio::io_context io;
    auto const store = make_empty_store(io);
    run_task(io, check_restart(*store), 120s);
}

TEST_CASE("Kubernetes store: a watch that works again says so, though nothing has changed") {
    asio::io_context io;
    auto const store = make_empty_store(io);
    run_task(io, check_quiet_restart(*store), 120s);
}

TEST_CASE("Kubernetes store: more objects than a page holds are all listed, and watched") {
    asio::io_context io;
    auto const store = make_empty_store(io);
    run_task(io, check_pages(*store), 120s);
}

TEST_CASE("Kubernetes store: applying keeps what others own, writing back what was read does not") {
    asio::io_context io;
    auto const store = make_empty_store(io);
    run_task(io, check_owners(*store));
}

TEST_CASE("Kubernetes store: a kind, a namespace or a value that the server refuses is named") {
    asio::io_context io;
    auto const store = make_empty_store(io);
    run_task(io, check_refusals(*store));
}

TEST_CASE("Kubernetes store: a kind that is not served is told apart, and followed once it is") {
    asio::io_context io;
    auto const store = make_store(io);
    run_task(io, check_late_kind(*store), 60s);
}

TEST_CASE("Kubernetes store: who is not known, or may not, is told so") {
    asio::io_context io;
    KubernetesStore unknown(io.get_executor(), running_api().with_token("wrong"));
    run_task(io, check_unknown(unknown));
    KubernetesStore known(
        io.get_executor(), running_api().with_token(std::string(token_without_rights)));
    run_task(io, check_without_rights(known));
}
