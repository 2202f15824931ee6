// SPDX-License-Identifier: Apache-2.0
#include "router/router_service.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/failing_store.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::router;
using namespace millrace::test;

namespace {

ResourceName const name{"default", "vcenter"};
/// Nobody listens there: the source runs and says that it cannot connect.
constexpr std::string_view spec = R"({"address": "http://127.0.0.1:9/sdk",
    "secretRef": {"name": "login"}, "sink": {"uri": "http://127.0.0.1:9/"}})";
constexpr std::string_view spec_with_broker = R"({"address": "http://127.0.0.1:9/sdk",
    "secretRef": {"name": "login"}, "sink": {"ref": {"apiVersion": "eventing.knative.dev/v1",
    "kind": "Broker", "name": "default"}}})";

Resource object(ResourceKind const& kind, std::string const& object_name, std::string_view text) {
    Resource resource;
    resource.object = *parse_json(text);
    resource.object["apiVersion"] = kind.api_version();
    resource.object["kind"] = kind.kind;
    resource.object["metadata"] = {{"name", object_name}, {"namespace", "default"}};
    return resource;
}

/// A router over a store of its own.
struct Routing {
    Routing()
        : flags(parse_flags(service_flags(router_flags()), {"--state=" + folder.path().string()})
                    .value()),
          store(new FailingStore(io.get_executor(), folder.path())),
          router({io, flags, telemetry, url, end}, std::unique_ptr<ResourceStore>(store)) {}

    Task<void> put_source(std::string_view text) {
        std::string const object_text = R"({"spec": )" + std::string(text) + "}";
        REQUIRE(co_await store->apply(
            kinds::vsphere_source, object(kinds::vsphere_source, name.name, object_text)));
    }
    Task<void> put_secret() {
        REQUIRE(co_await store->apply(
            kinds::secret,
            object(
                kinds::secret, "login", R"({"stringData": {"username": "u", "password": "p"}})")));
    }
    Task<void> put_broker(std::string address) {
        REQUIRE(co_await store->apply(
            kinds::broker, object(kinds::broker, "default", R"({"spec": {}})")));
        Json status = Json::object();
        status["address"]["url"] = std::move(address);
        REQUIRE(co_await store->put_status(kinds::broker, {"default", "default"}, status, {}));
    }
    Task<void> put_all() {
        co_await put_secret();
        co_await put_source(spec);
    }
    std::string problem() const {
        Json const sources = *find_json(router.status(), "sources");
        return sources.empty() ? "no source" : string_at(sources.front(), "problem");
    }
    /// Waits until the source's problem has these words.
    Task<void> comes_to_say(std::string words) {
        bool const said =
            co_await comes_true([&] { return problem().find(words) != std::string::npos; }, 20s);
        INFO(problem());
        CHECK(said);
    }
    Task<Json> stored_status() {
        auto const source = co_await store->get(kinds::vsphere_source, name);
        co_return source ? source->status() : Json();
    }
    /// Waits until the status in the store has these words.
    Task<void> status_comes_to_say(std::string words) {
        SteadyTime const deadline = steady_now() + 20s;
        for (Json status; dump_json(status).find(words) == std::string::npos;) {
            INFO(dump_json(status));
            REQUIRE(steady_now() < deadline);
            co_await sleep_for(10ms);
            status = co_await stored_status();
        }
    }

    asio::io_context io;
    TemporaryFolder folder;
    FlagValues flags;
    Telemetry telemetry;
    std::string url = "http://127.0.0.1:1";
    std::function<void()> end = [] {};
    FailingStore* store;
    RouterService router;
};

Task<void> check_late_secret(Routing& in) {
    co_await in.router.start();
    co_await in.put_source(spec);
    co_await in.comes_to_say("There is no Secret default/login.");
    co_await in.status_comes_to_say("login");
    co_await in.put_secret();
    co_await in.comes_to_say("127.0.0.1:9");
    co_await in.status_comes_to_say("sinkUri");
    co_await in.router.stop();
}

Task<void> check_store_readiness(Routing& in) {
    HttpRequest probe;
    probe.path = "/readyz/store";
    CHECK((co_await in.router.handle(probe)).status == 503);
    co_await in.put_all();
    co_await in.router.start();
    co_await in.comes_to_say("127.0.0.1:9");
    CHECK((co_await in.router.handle(probe)).status == 200);
    CHECK_FALSE(in.router.not_ready_reason().empty());
    co_await in.router.stop();
}

Task<void> check_late_broker(Routing& in) {
    co_await in.put_secret();
    co_await in.put_source(spec_with_broker);
    co_await in.router.start();
    co_await in.comes_to_say("There is no Broker default/default.");
    co_await in.put_broker("http://127.0.0.1:9/first");
    co_await in.status_comes_to_say("/first");
    co_await in.put_broker("http://127.0.0.1:9/second");
    co_await in.status_comes_to_say("/second");
    co_await in.router.stop();
}

Task<void> check_unwritten_status(Routing& in) {
    in.store->is_full = true;
    co_await in.put_all();
    co_await in.router.start();
    CHECK(co_await comes_true([&] { return in.store->failures >= 2; }, 20s));
    CHECK((co_await in.stored_status()).empty());
    in.store->is_full = false;
    co_await in.status_comes_to_say("sinkUri");
    co_await in.router.stop();
}

Task<void> check_unreadable_secret(Routing& in) {
    co_await in.put_all();
    co_await in.router.start();
    co_await in.comes_to_say("127.0.0.1:9");
    in.store->unreadable = {kinds::secret.kind};
    co_await in.put_secret();
    co_await in.comes_to_say("Too many open files");
    Json const sources = *find_json(in.router.status(), "sources");
    CHECK(find_json(sources.front(), "requests") != nullptr);
    in.store->unreadable.clear();
    co_await in.comes_to_say("127.0.0.1:9");
    co_await in.router.stop();
}

Task<void> check_deletion(Routing& in) {
    co_await in.put_all();
    co_await in.router.start();
    co_await in.comes_to_say("127.0.0.1:9");
    REQUIRE(co_await in.store->remove(kinds::vsphere_source, name, {}));
    co_await in.comes_to_say("no source");
    CHECK(in.router.not_ready_reason().empty());
    co_await in.put_source(spec);
    co_await in.comes_to_say("127.0.0.1:9");
    co_await in.router.stop();
}

Task<void> check_unread_kinds(Routing& in) {
    in.store->unserved = {kinds::webhook_source.kind};
    REQUIRE(co_await in.store->apply(
        kinds::horizon_source,
        object(kinds::horizon_source, "horizon", R"({"spec": {"address": "https://horizon"}})")));
    co_await in.router.start();
    CHECK(co_await comes_true([&] { return in.router.not_ready_reason().empty(); }, 20s));
    SteadyTime const deadline = steady_now() + 20s;
    for (std::string state; state != "False";) {
        REQUIRE(steady_now() < deadline);
        co_await sleep_for(10ms);
        auto const source = co_await in.store->get(kinds::horizon_source, {"default", "horizon"});
        state = source ? condition_state(source->status(), "Ready") : "";
    }
    Json const sources = *find_json(in.router.status(), "sources");
    REQUIRE(sources.size() == 1);
    CHECK(string_at(sources.front(), "kind") == "HorizonSource");
    CHECK(string_at(sources.front(), "address") == "https://horizon");
    CHECK(string_at(sources.front(), "state") == "NotSupportedYet");
    CHECK(in.problem().find("does not read HorizonSource") != std::string::npos);
    CHECK(in.store->failures > 0);
    CHECK(in.router.not_ready_reason().empty());
    co_await in.put_all();
    co_await in.comes_to_say("127.0.0.1:9");
    co_await in.router.stop();
}

}  // namespace

TEST_CASE("Router: a source begins when the Secret it names is there, and its status says so") {
    Routing in;
    run_task(in.io, check_late_secret(in));
}

TEST_CASE("Router: it knows its objects also while a vCenter does not answer") {
    Routing in;
    run_task(in.io, check_store_readiness(in), 60s);
}

TEST_CASE("Router: a source follows the address of its Broker") {
    Routing in;
    run_task(in.io, check_late_broker(in));
}

TEST_CASE("Router: a status that cannot be written is tried again") {
    Routing in;
    run_task(in.io, check_unwritten_status(in));
}

// Review 4.8.
TEST_CASE("Router: a source that runs goes on while its Secret cannot be read, and tells it") {
    Routing in;
    run_task(in.io, check_unreadable_secret(in));
}

TEST_CASE("Router: a deleted source is forgotten, and may come back") {
    Routing in;
    run_task(in.io, check_deletion(in));
}

TEST_CASE(
    "Router: kinds that it does not read, or the store does not serve, keep it from nothing") {
    Routing in;
    run_task(in.io, check_unread_kinds(in));
}
