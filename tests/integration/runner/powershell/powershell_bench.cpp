// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/runner/powershell/powershell_bench.hpp"

#include <cstdlib>
#include <fstream>

#include "common/event/http_binding.hpp"
#include "runner/powershell/install_powershell.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/run_task.hpp"

namespace millrace::test {

std::filesystem::path powershell_archive() {
    char const* const path = std::getenv("MILLRACE_POWERSHELL");
    return path == nullptr ? "" : path;
}

std::filesystem::path powershell_runtime() {
    return std::filesystem::path(MILLRACE_SOURCE_DIR) / "services/runner/runtimes/powershell";
}

runner::PowerShellRuntime const& installed_powershell() {
    static auto const installed = runner::install_powershell(
        {.archive = powershell_archive(),
         .sha256 = {},
         .modules = {},
         .runtime = powershell_runtime(),
         .folder = std::filesystem::path(MILLRACE_BINARY_DIR).parent_path() / "powershell"});
    INFO((installed ? "" : installed.error().detail));
    REQUIRE(installed);
    return *installed;
}

PowerShellBench::PowerShellBench(std::string const& handler, milliseconds limit)
    : isolation(folder.path() / "state", {}),
      powershell(installed_powershell()),
      changed(io.get_executor()),
      function(io.get_executor(), options(), telemetry, changed) {
    become_subreaper();
    content.definition.name = {"default", "f"};
    content.definition.revision = "f-00001";
    content.definition.runtime = "powershell";
    content.definition.timeout = limit;
    content.code_folder = folder.path() / "code";
    std::filesystem::create_directory(content.code_folder);
    std::ofstream(content.code_folder / "handler.ps1") << handler;
}

PowerShellBench::~PowerShellBench() {
    run_task(io, function.close(0ns));
}

runner::FunctionOptions PowerShellBench::options() const {
    runner::FunctionOptions options;
    options.name = {"default", "f"};
    options.folder = folder.path();
    options.runtimes = powershell_runtime().parent_path();
    options.isolation = &isolation;
    options.powershell = &powershell;
    return options;
}

void PowerShellBench::set_secret(std::string const& name, std::string const& value) {
    content.environment[name] = Secret(value);
    content.secret_variables.insert(name);
}

void PowerShellBench::deploy() {
    run_task(io, function.deploy(content));
    INFO(log());
    CHECK(function.problem().empty());
}

HttpAnswer PowerShellBench::call(std::string const& data, std::string const& type) {
    CloudEvent event;
    event.id = "7";
    event.source = "https://vcenter.example.com/sdk";
    event.type = "com.vmware.vsphere.VmPoweredOnEvent.v0";
    event.subject = "VmPoweredOnEvent";
    event.time = "2026-11-22T10:03:53.47284644Z";
    event.datacontenttype = type;
    event.data = data;
    event.has_data = true;
    event.set_attribute("vmname", "web-01");
    event.set_attribute("eventclass", "event");
    return call(event);
}

HttpAnswer PowerShellBench::call(CloudEvent const& event) {
    HttpRequest request;
    request.method = "POST";
    request.headers = binary_headers(event);
    request.body = event.data;
    HttpAnswer answer;
    run_task(io, [](runner::Function& to, HttpRequest const& what, HttpAnswer& into) -> Task<void> {
        into = co_await to.handle(what);
    }(function, request, answer));
    return answer;
}

bool PowerShellBench::comes_to_log(std::string const& text) {
    bool came = false;
    run_task(io, [](PowerShellBench& self, std::string const& what, bool& into) -> Task<void> {
        into = co_await comes_true([&] { return self.logged(what); }, 10s);
    }(*this, text, came));
    return came;
}

}  // namespace millrace::test
