// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include "common/event/http_binding.hpp"
#include "common/event/json_binding.hpp"
#include "common/function/recipe.hpp"
#include "common/net/http_server.hpp"
#include "runner/function/function.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace millrace;
using namespace millrace::runner;
using test::run_task;

namespace {

std::filesystem::path const recipes =
    std::filesystem::path(MILLRACE_SOURCE_DIR) / "appliance/functions";

/// A recipe's function as it runs.
struct RecipeBench {
    explicit RecipeBench(std::string const& id)
        : recipe(load_recipe(recipes / id).value()),
          changed(io.get_executor()),
          function(io.get_executor(), options(folder.path()), telemetry, changed) {
        become_subreaper();
        content.definition.name = {"default", id};
        content.definition.revision = id + "-00001";
        content.definition.runtime = recipe.runtime;
        content.code_folder = recipes / id;
    }
    ~RecipeBench() { run_task(io, function.close(0ns)); }

    static FunctionOptions options(std::filesystem::path const& folder) {
        FunctionOptions options;
        options.name = {"default", "f"};
        options.folder = folder;
        options.runtimes = std::filesystem::path(MILLRACE_SOURCE_DIR) / "services/runner/runtimes";
        return options;
    }
    HttpAnswer call(CloudEvent const& event) {
        HttpRequest request;
        request.method = "POST";
        request.headers = binary_headers(event);
        request.body = event.data;
        HttpAnswer answer;
        run_task(io, [](Function& to, HttpRequest const& what, HttpAnswer& into) -> Task<void> {
            into = co_await to.handle(what);
        }(function, request, answer));
        return answer;
    }
    CloudEvent event(std::string const& file) const {
        auto const text = read_file(recipes / recipe.id / "test" / file, 1 << 20);
        return event_from_json(text.value()).value();
    }

    asio::io_context io;
    test::TemporaryFolder folder;
    Recipe recipe;
    Telemetry telemetry;
    AsyncSignal changed;
    Function function;
    RevisionContent content;
};

/// Operations as it answers a search by name: with whatever begins like it.
class FakeOperations {
public:
    explicit FakeOperations(asio::any_io_executor executor)
        : server(executor, {}, [this](HttpRequest& request) { return handle(request); }) {
        server.start();
    }
    void know(std::string const& name, std::string const& moref) {
        resources.push_back(
            R"({"identifier":")" + name + "-" + moref + R"(","resourceKey":{"name":")" + name +
            R"(","resourceIdentifiers":[{"identifierType":{"name":"VMEntityObjectID"},"value":")" +
            moref + R"("}]}})");
    }
    Task<HttpAnswer> handle(HttpRequest& request) {
        if (request.path.ends_with("/acquire"))
            co_return json_answer(200, R"({"token":"t"})");
        if (request.path.ends_with("/maintained"))
            marked.push_back(request.method + " " + request.path);
        std::string list;
        for (std::string const& one : resources)
            list += (list.empty() ? "" : ",") + one;
        co_return json_answer(200, R"({"resourceList":[)" + list + "]}");
    }

    std::vector<std::string> resources;
    std::vector<std::string> marked;
    HttpServer server;
};

}  // namespace

// reports 5
TEST_CASE("Recipe host-maintenance: only the very host is marked, never one that begins alike") {
    RecipeBench bench("host-maintenance");
    FakeOperations operations(bench.io.get_executor());
    bench.content.environment["VROPS_URL"] = Secret(operations.server.url());
    bench.content.environment["VROPS_USERNAME"] = Secret("u");
    bench.content.environment["VROPS_PASSWORD"] = Secret("p");
    run_task(bench.io, bench.function.deploy(bench.content));
    CloudEvent event = bench.event("entered.json");
    event.data = R"({"Host":{"Name":"esx-1","Host":{"Type":"HostSystem","Value":"host-11"}}})";
    operations.know("esx-10", "host-20");
    CHECK(bench.call(event).status == 503);
    operations.know("esx-11", "host-21");
    CHECK(bench.call(event).status == 503);
    operations.know("esx-1", "host-7");  // of another vCenter
    CHECK(bench.call(event).status == 503);
    CHECK(operations.marked.empty());
    operations.know("esx-1", "host-11");
    CHECK(bench.call(event).status == 202);
    CHECK(
        operations.marked ==
        std::vector<std::string>{"PUT /suite-api/api/resources/esx-1-host-11/maintained"});
    operations.know("esx-1", "host-11");
    CHECK(bench.call(event).status == 500);
    CHECK(operations.marked.size() == 1);
    run_task(bench.io, operations.server.stop(0ns));
}

// ui-trial 9
TEST_CASE(
    "Recipes: the shell functions, the blank Python one and echo handle their sample events") {
    for (auto const* id : {"shell", "blank-python", "echo", "echo-shell"}) {
        INFO(id);
        RecipeBench bench(id);
        CHECK(bench.recipe.triggers.size() == 1);
        run_task(bench.io, bench.function.deploy(bench.content));
        CHECK(bench.function.problem().empty());
        CHECK(bench.call(bench.event("powered-on.json")).status == 202);
        std::string const log = bench.function.log().page(100);
        CHECK(log.find("web-01") != std::string::npos);
        CHECK(log.find("VmPoweredOnEvent") != std::string::npos);
    }
}
