// SPDX-License-Identifier: Apache-2.0
#include "common/kube/directory/directory_store.hpp"

#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using test::run_task;
using test::TemporaryFolder;

namespace {

Resource make_trigger(std::string const& name) {
    Resource trigger;
    trigger.object["apiVersion"] = "eventing.knative.dev/v1";
    trigger.object["kind"] = "Trigger";
    trigger.object["metadata"] = {{"name", name}, {"namespace", "default"}};
    trigger.object["spec"] = {{"broker", "default"}};
    return trigger;
}

}  // namespace

TEST_CASE("Directory store: what is applied is read back with uid, generation and version") {
    TemporaryFolder folder;
    asio::io_context io;
    DirectoryStore store(io.get_executor(), folder.path());
    run_task(io, [](ResourceStore& in) -> Task<void> {
        auto const first = (co_await in.apply(kinds::trigger, make_trigger("echo"))).value();
        CHECK(first.generation() == 1);
        CHECK_FALSE(first.uid().empty());
        auto const same = (co_await in.apply(kinds::trigger, make_trigger("echo"))).value();
        CHECK(same.generation() == 1);
        CHECK(same.uid() == first.uid());
        Resource changed = same;
        changed.object["spec"]["broker"] = "other";
        auto const second = (co_await in.apply(kinds::trigger, changed)).value();
        CHECK(second.generation() == 2);
        auto const stale = co_await in.apply(kinds::trigger, changed);
        REQUIRE_FALSE(stale);
        CHECK(stale.error().code == ErrorCode::conflict);
        auto const missing = co_await in.get(kinds::trigger, {"default", "none"});
        REQUIRE_FALSE(missing);
        CHECK(missing.error().code == ErrorCode::not_found);
        auto const outside = co_await in.get(kinds::trigger, {"default", "../../secret"});
        REQUIRE_FALSE(outside);
        CHECK(outside.error().code == ErrorCode::invalid);
    }(store));
}

TEST_CASE("Directory store: applying keeps the status, and the status can be replaced") {
    TemporaryFolder folder;
    asio::io_context io;
    DirectoryStore store(io.get_executor(), folder.path());
    run_task(io, [](ResourceStore& in) -> Task<void> {
        ResourceName const name{"default", "echo"};
        co_await in.apply(kinds::trigger, make_trigger("echo"));
        Json status = Json::object();
        set_condition(status, "Ready", "True", "", "");
        REQUIRE(co_await in.put_status(kinds::trigger, name, status));
        Resource changed = (co_await in.get(kinds::trigger, name)).value();
        changed.object["spec"]["broker"] = "other";
        REQUIRE(co_await in.apply(kinds::trigger, changed));
        auto const after = (co_await in.get(kinds::trigger, name)).value();
        CHECK(condition_state(after.status(), "Ready") == "True");
        auto const none = co_await in.put_status(kinds::trigger, {"default", "none"}, status);
        CHECK_FALSE(none);
    }(store));
}

TEST_CASE("Directory store: a watch tells what is there, then every change, also by hand") {
    TemporaryFolder folder;
    asio::io_context io;
    DirectoryStore store(io.get_executor(), folder.path());
    run_task(io, [](ResourceStore& in, std::filesystem::path root) -> Task<void> {
        co_await in.apply(kinds::trigger, make_trigger("first"));
        auto const watch = in.watch(kinds::trigger);
        CHECK((co_await watch->next())->name.name == "first");
        CHECK((co_await watch->next())->type == WatchEvent::Type::synced);
        co_await in.apply(kinds::trigger, make_trigger("second"));
        CHECK((co_await watch->next())->name.name == "second");
        {
            std::ofstream(root / "objects/triggers.eventing.knative.dev/default/bad.yaml")
                << "apiVersion: eventing.knative.dev/v1\nkind: Wrong\n";
        }
        auto const bad = co_await watch->next();
        CHECK(bad->type == WatchEvent::Type::invalid);
        CHECK(to_string(bad->faults).find("kind") != std::string::npos);
        CHECK(to_string(bad->faults).find("metadata/name") != std::string::npos);
        co_await in.remove(kinds::trigger, {"default", "first"});
        auto const gone = co_await watch->next();
        CHECK(gone->type == WatchEvent::Type::deleted);
        CHECK(string_at(gone->resource.object, "spec/broker") == "default");
    }(store, folder.path()));
}

TEST_CASE("Directory store: secrets are readable by their owner alone") {
    TemporaryFolder folder;
    asio::io_context io;
    DirectoryStore store(io.get_executor(), folder.path());
    Resource secret;
    secret.object["apiVersion"] = "v1";
    secret.object["kind"] = "Secret";
    secret.object["metadata"] = {{"name", "vc"}, {"namespace", "default"}};
    secret.object["stringData"] = {{"password", "p@ss: 'word' # \"x\" \\ $HOME"}};
    run_task(io, [](ResourceStore& in, Resource given) -> Task<void> {
        auto const stored = (co_await in.apply(kinds::secret, given)).value();
        CHECK(secret_values(stored)->at("password") == "p@ss: 'word' # \"x\" \\ $HOME");
    }(store, secret));
    auto const mode =
        std::filesystem::status(folder.path() / "objects/secrets/default/vc.yaml").permissions();
    CHECK(mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}
