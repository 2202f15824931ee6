// SPDX-License-Identifier: Apache-2.0
#include "common/kube/directory/directory_store.hpp"

#include <fstream>

#include "tests/integration/common/kube/store_contract.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

Resource make_object(ResourceKind const& kind, std::string const& name) {
    Resource resource;
    resource.object["apiVersion"] = kind.api_version();
    resource.object["kind"] = kind.kind;
    resource.object["metadata"] = {{"name", name}, {"namespace", "default"}};
    resource.object["spec"] = {{"broker", "default"}};
    return resource;
}

Task<void> check_file_by_hand(ResourceStore& store, std::filesystem::path root) {
    REQUIRE(co_await store.apply(kinds::trigger, make_object(kinds::trigger, "first")));
    auto const watch = store.watch(kinds::trigger, {});
    CHECK((co_await watch->next())->name.name == "first");
    CHECK((co_await watch->next())->type == WatchEvent::Type::synced);
    std::ofstream(root / "objects/triggers.eventing.knative.dev/default/bad.yaml")
        << "apiVersion: eventing.knative.dev/v1\nkind: Wrong\n";
    auto const bad = co_await watch->next();
    REQUIRE(bad);
    CHECK(bad->type == WatchEvent::Type::invalid);
    CHECK(to_string(bad->faults).find("kind") != std::string::npos);
    CHECK(to_string(bad->faults).find("metadata/name") != std::string::npos);
}

Task<void> put_secret(ResourceStore& store) {
    REQUIRE(co_await store.apply(kinds::secret, make_object(kinds::secret, "vc")));
}

}  // namespace

TEST_CASE("Directory store: it keeps what every store promises") {
    TemporaryFolder folder;
    check_store_contract([&](asio::io_context& io) {
        return std::make_unique<DirectoryStore>(io.get_executor(), folder.path());
    });
}

TEST_CASE("Directory store: a file written by hand is told, with all that is wrong with it") {
    TemporaryFolder folder;
    asio::io_context io;
    DirectoryStore store(io.get_executor(), folder.path());
    run_task(io, check_file_by_hand(store, folder.path()));
}

TEST_CASE("Directory store: secrets are readable by their owner alone") {
    TemporaryFolder folder;
    asio::io_context io;
    DirectoryStore store(io.get_executor(), folder.path());
    run_task(io, put_secret(store));
    auto const mode =
        std::filesystem::status(folder.path() / "objects/secrets/default/vc.yaml").permissions();
    CHECK(mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}
