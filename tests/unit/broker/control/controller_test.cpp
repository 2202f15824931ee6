// SPDX-License-Identifier: Apache-2.0
#include "broker/control/controller.hpp"

#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/failing_store.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::broker;
using namespace millrace::test;

namespace {

Resource object(ResourceKind const& kind, std::string const& name, std::string_view spec) {
    Resource resource;
    resource.object["apiVersion"] = kind.api_version();
    resource.object["kind"] = kind.kind;
    resource.object["metadata"] = {{"name", name}, {"namespace", "default"}};
    resource.object["spec"] = *parse_json(spec);
    return resource;
}

constexpr std::string_view to_uri = R"({"subscriber": {"uri": "http://127.0.0.1:9/"}})";

/// A controller over a store of its own; how often something was put in force, and what.
class Controlling {
public:
    Controlling()
        : store(io.get_executor(), folder.path()),
          controller(io.get_executor(), store, [this](Catalog& catalog) {
              ++rounds;
              triggers = catalog.triggers();
          }) {}

    Task<void> put(ResourceKind const& kind, std::string name, std::string_view spec) {
        auto const applied = co_await store.apply(kind, object(kind, name, spec));
        REQUIRE(applied);
    }
    Task<bool> has_triggers(std::size_t count) {
        return comes_true([this, count] { return triggers.size() == count; }, 20s);
    }
    Task<std::string> readiness(std::string trigger) {
        auto const read = co_await store.get(kinds::trigger, {"default", std::move(trigger)});
        co_return read ? condition_state(read->status(), "Ready") : read.error().detail;
    }
    Task<bool> becomes(std::string trigger, std::string wanted) {
        SteadyTime const deadline = steady_now() + 20s;
        while (co_await readiness(trigger) != wanted) {
            if (steady_now() > deadline)
                co_return false;
            co_await sleep_for(10ms);
        }
        co_return true;
    }

    TemporaryFolder folder;
    asio::io_context io;
    FailingStore store;
    int rounds = 0;
    std::vector<TriggerRouteRef> triggers;
    Controller controller;
};

Task<void> check_life(Controlling& in) {
    co_await in.put(kinds::broker, "default", "{}");
    co_await in.put(kinds::trigger, "echo", to_uri);
    in.controller.start({.base_url = "http://127.0.0.1:8080"});
    CHECK(co_await in.has_triggers(1));
    CHECK(in.controller.is_synced());
    CHECK(co_await in.becomes("echo", "True"));
    int const before = in.rounds;
    co_await in.put(kinds::trigger, "second", R"({"subscriber": {"uri": "x"}})");
    CHECK(co_await in.has_triggers(2));
    CHECK(co_await in.becomes("second", "False"));
    co_await in.put(kinds::trigger, "third", to_uri);
    CHECK(co_await in.becomes("third", "True"));
    // Two objects, two rounds: statuses of ours come back as changes, and nothing follows from
    // them.
    CHECK(in.rounds == before + 2);
    REQUIRE(co_await in.store.remove(kinds::trigger, {"default", "echo"}, {}));
    CHECK(co_await in.has_triggers(2));
    co_await in.controller.stop();
}

Task<void> check_many(Controlling& in) {
    co_await in.put(kinds::broker, "default", "{}");
    in.controller.start({.base_url = "http://127.0.0.1:8080"});
    CHECK(co_await comes_true([&] { return in.controller.is_synced(); }, 20s));
    int const before = in.rounds;
    auto const at = in.folder.path() / "objects/triggers.eventing.knative.dev/default";
    std::filesystem::create_directories(at);
    for (int i = 0; i < 200; ++i) {
        std::string const name = "t" + std::to_string(i);
        std::ofstream(at / (name + ".yaml"))
            << "apiVersion: eventing.knative.dev/v1\nkind: Trigger\nmetadata: {name: " << name
            << "}\nspec: {subscriber: {uri: 'http://127.0.0.1:9/'}}\n";
    }
    CHECK(co_await in.has_triggers(200));
    CHECK(in.rounds - before < 20);
    co_await in.controller.stop();
}

Task<void> check_unreadable(Controlling& in) {
    co_await in.put(kinds::broker, "default", "{}");
    co_await in.put(kinds::trigger, "echo", to_uri);
    auto const file = in.folder.path() / "objects/triggers.eventing.knative.dev/default/echo.yaml";
    in.controller.start({.base_url = "http://127.0.0.1:8080"});
    CHECK(co_await in.has_triggers(1));
    std::ofstream(file) << "spec: [";
    co_await in.put(kinds::trigger, "second", to_uri);
    CHECK(co_await in.has_triggers(2));
    co_await in.controller.stop();
}

Task<void> check_unwritten_status(Controlling& in) {
    in.store.is_full = true;
    co_await in.put(kinds::broker, "default", "{}");
    co_await in.put(kinds::trigger, "echo", to_uri);
    in.controller.start({.base_url = "http://127.0.0.1:8080"});
    CHECK(co_await in.has_triggers(1));
    CHECK(co_await comes_true([&] { return in.store.failures >= 3; }, 20s));
    CHECK(co_await in.readiness("echo") == "Unknown");
    in.store.is_full = false;
    CHECK(co_await in.becomes("echo", "True"));
    co_await in.controller.stop();
}

}  // namespace

TEST_CASE("Controller: what is written comes in force, with its status", "[broker]") {
    Controlling in;
    run_task(in.io, check_life(in));
}

// Attack 4.
TEST_CASE("Controller: many objects written at once are put in force a few times", "[broker]") {
    Controlling in;
    run_task(in.io, check_many(in));
}

// Review 4.5.
TEST_CASE("Controller: an object that became unreadable stays in force", "[broker]") {
    Controlling in;
    run_task(in.io, check_unreadable(in));
}

TEST_CASE("Controller: a status that cannot be written is tried again", "[broker]") {
    Controlling in;
    run_task(in.io, check_unwritten_status(in));
}
