// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include "common/base/file.hpp"
#include "common/net/http_server.hpp"
#include "tests/e2e/cli/running_up.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

/// Runs to its end and checks that it was refused: exit code 2, each text said, nothing left.
Task<void> check_refused(RunningUp& up, std::vector<std::string> texts) {
    up.process.spawn();
    CHECK(co_await up.wait_for_end() == 2);
    std::string const said = up.process.log();
    INFO(said);
    for (std::string const& text : texts)
        CHECK(said.find(text) != std::string::npos);
    CHECK(up.processes().empty());
    CHECK_FALSE(std::filesystem::exists(up.state() / "run"));
    CHECK_FALSE(std::filesystem::exists(up.state() / "logs"));
}

void write_object(RunningUp const& up, std::string const& path, std::string const& text) {
    auto const file = up.state() / "objects" / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
}

Task<void> check_second_up(RunningUp& first) {
    co_await first.start();
    RunningUp second({"--state=" + first.state().string()});
    second.process.spawn();
    CHECK(co_await second.process.wait_for_end(30s) == 2);
    CHECK(second.process.log().find("runs already with") != std::string::npos);
    // The first is none the worse for it.
    CHECK_FALSE((co_await first.source_status()).is_null());
    CHECK(co_await first.interrupt() == 0);
}

// Attack 24.
Task<void> check_folder(RunningUp& up) {
    co_await up.start();
    CHECK(std::filesystem::status(up.state()).permissions() == std::filesystem::perms::owner_all);
    CHECK(co_await up.interrupt() == 0);
}

}  // namespace

TEST_CASE("Up: bad flags are told all at once; nothing is started, nothing written", "[cli]") {
    RunningUp up(
        {"--rate=fast", "--console-listen=8080", "--vcsim", "--vcenter=ftp://vc.example.com",
         "--password-file=/none/such", "--colour=red", "extra"});
    run_task(
        up.io, check_refused(
                   up, {"--rate: \"fast\" must be a number from 0.01 to 10000",
                        "--console-listen: \"8080\" must be ADDRESS:PORT",
                        "--vcsim: does not go with --vcenter",
                        "--vcenter: ", "--username: is needed with --vcenter",
                        "--password-file: There is no /none/such",
                        "--colour: There is no such flag", "extra: There is no such argument"}));
    CHECK_FALSE(std::filesystem::exists(up.state()));
}

TEST_CASE("Up: objects that cannot be read are told all at once, by file and line", "[cli]") {
    RunningUp up;
    write_object(
        up, "triggers.eventing.knative.dev/default/torn.yaml",
        "apiVersion: eventing.knative.dev/v1\nkind: Trigger\nmetadata: {name: torn\nspec: [\n");
    write_object(
        up, "services.serving.knative.dev/default/one.yaml",
        "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: another}\n");
    write_object(
        up, "brokers.eventing.knative.dev/default/default.yaml",
        "apiVersion: v1\nkind: Broker\nmetadata: {name: default}\nkind: Broker\n");
    run_task(
        up.io,
        check_refused(
            up, {"triggers.eventing.knative.dev/default/torn.yaml:4",
                 "services.serving.knative.dev/default/one.yaml /metadata/name: must be \"one\"",
                 "brokers.eventing.knative.dev/default/default.yaml:4"}));
}

TEST_CASE("Up: objects that say nonsense are told all at once, by file and key", "[cli]") {
    RunningUp up;
    write_object(
        up, "triggers.eventing.knative.dev/default/wrong.yaml",
        "apiVersion: eventing.knative.dev/v1\nkind: Trigger\nmetadata: {name: wrong}\n"
        "spec: {filters: [{precise: {type: x}}], delivery: {retry: -1}}\n");
    write_object(
        up, "brokers.eventing.knative.dev/default/default.yaml",
        "apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: {name: default}\n"
        "spec: {delivery: {backoffPolicy: cubic}}\n");
    write_object(
        up, "vspheresources.sources.tanzu.vmware.com/default/vcenter.yaml",
        "apiVersion: sources.tanzu.vmware.com/v1alpha1\nkind: VSphereSource\n"
        "metadata: {name: vcenter}\nspec: {address: \"ftp://vc\"}\n");
    write_object(
        up, "services.serving.knative.dev/default/one.yaml",
        "apiVersion: serving.knative.dev/v1\nkind: Service\n"
        "metadata: {name: one, labels: {millrace.dev/runtime: cobol}}\n");
    // Not ours: no runtime.
    write_object(
        up, "services.serving.knative.dev/default/two.yaml",
        "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: two}\n");
    run_task(
        up.io, check_refused(
                   up, {"default/wrong.yaml: Trigger default/wrong /spec/filters/0",
                        "default/wrong.yaml: Trigger default/wrong /spec/subscriber: is required",
                        "default/wrong.yaml: Trigger default/wrong /spec/delivery/retry",
                        "default/default.yaml: Broker default/default /spec/delivery/backoffPolicy",
                        "default/vcenter.yaml: VSphereSource default/vcenter /spec/address",
                        "default/one.yaml: Service default/one /spec",
                        "must be python, shell or powershell, not \"cobol\""}));
    CHECK(up.process.log().find("two.yaml") == std::string::npos);
}

TEST_CASE("Up: a port in use is said plainly before anything starts", "[cli]") {
    asio::io_context io;
    HttpServer const other(
        io.get_executor(), {}, [](HttpRequest&) -> Task<HttpAnswer> { co_return HttpAnswer(); });
    std::string const address = other.url().substr(std::string("http://").size());
    RunningUp up({"--console-listen=" + address});
    run_task(
        up.io, check_refused(up, {"--console-listen: " + address + " is used by another program"}));
}

TEST_CASE("Up: its state folder is its user's alone", "[cli]") {
    RunningUp up;
    run_task(up.io, check_folder(up), 90s);
}

TEST_CASE("Up: a second one with the same state is refused; the first goes on", "[cli]") {
    RunningUp first;
    run_task(first.io, check_second_up(first), 90s);
}
