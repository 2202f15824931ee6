// SPDX-License-Identifier: Apache-2.0
#include "router/config/flag_store.hpp"

#include <fstream>

#include "router/source/source_settings.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::router;
using namespace millrace::test;

namespace {

FlagValues flags(std::vector<std::string> const& words) {
    auto values = parse_flags(source_flags(), words);
    REQUIRE(values);
    return std::move(*values);
}

void write(std::filesystem::path const& file, std::string const& text) {
    std::ofstream(file) << text;
}

}  // namespace

TEST_CASE("FlagStore: flags give the source and credentials a store would") {
    TemporaryFolder folder;
    auto const file = (folder.path() / "password").string();
    write(file, "secret\n");
    auto const values = flags(
        {"--vcenter", "https://vc.example.com", "--username", "reader", "--password-file", file,
         "--sink", "http://127.0.0.1:8080/default/default", "--max-age", "1h"});
    REQUIRE(FlagStore::is_wanted(values));
    auto const store = FlagStore::make(values);
    REQUIRE(store);
    asio::io_context io;
    run_task(io, [](ResourceStore& source_store, std::string password_file) -> Task<void> {
        auto const watch = source_store.watch(kinds::vsphere_source, {});
        auto const first = co_await watch->next();
        REQUIRE(first);
        CHECK(first->type == WatchEvent::Type::added);
        auto const settings = parse_source(first->resource);
        REQUIRE(settings);
        CHECK(settings->address == "https://vc.example.com/sdk");
        CHECK(settings->sink_uri == "http://127.0.0.1:8080/default/default");
        CHECK(settings->max_age == 3600s);
        auto const second = co_await watch->next();
        REQUIRE(second);
        CHECK(second->type == WatchEvent::Type::synced);
        ResourceName const name{"default", settings->secret_name};
        auto secret = co_await source_store.get(kinds::secret, name);
        REQUIRE(secret);
        CHECK(secret_values(*secret)->at("username").reveal() == "reader");
        CHECK(secret_values(*secret)->at("password").reveal() == "secret");
        // A new password is read without a restart.
        write(password_file, "changed");
        secret = co_await source_store.get(kinds::secret, name);
        REQUIRE(secret);
        CHECK(secret_values(*secret)->at("password").reveal() == "changed");
    }(**store, file));
}

TEST_CASE("FlagStore: without its flags the router reads its store") {
    CHECK_FALSE(FlagStore::is_wanted(flags({})));
}

TEST_CASE("FlagStore: every fault of the flags is told at once, each by its flag") {
    auto const store = FlagStore::make(flags(
        {"--vcenter", "ftp://vc", "--password-file", "/nowhere", "--authorities-file", "/no"}));
    REQUIRE_FALSE(store);
    std::string const text = to_string(store.error());
    INFO(text);
    for (auto const* flag :
         {"--vcenter", "--username", "--password-file", "--authorities-file", "--sink"})
        CHECK(text.find(flag) != std::string::npos);
    CHECK(store.error().size() == 5);
}

TEST_CASE("FlagStore: a sink without a vCenter is a fault, not ignored") {
    auto const values = flags({"--sink", "http://127.0.0.1:1/"});
    REQUIRE(FlagStore::is_wanted(values));
    auto const store = FlagStore::make(values);
    REQUIRE_FALSE(store);
    CHECK(to_string(store.error()).find("--vcenter") != std::string::npos);
}
