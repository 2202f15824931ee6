// SPDX-License-Identifier: Apache-2.0
#include "runner/powershell/powershell_trial.hpp"

#include "common/base/file.hpp"
#include "runner/powershell/powershell_environment.hpp"
#include "runner/worker/instance.hpp"

namespace millrace::runner {
namespace {

constexpr seconds start_limit = 60s;
constexpr seconds call_limit = 20s;
constexpr seconds end_limit = 10s;
constexpr int events = 3;

CloudEvent trial_event() {
    CloudEvent event;
    event.id = "1";
    event.source = "https://vcenter.example.com/sdk";
    event.type = "com.vmware.vsphere.VmPoweredOnEvent.v0";
    event.subject = "VmPoweredOnEvent";
    event.time = "2026-11-22T10:03:53.47284644Z";
    event.datacontenttype = "application/json";
    event.set_attribute("vmname", "web-01");
    event.data = R"({"Key":1,"UserName":"VSPHERE.LOCAL\\alice","Vm":{"Name":"web-01"}})";
    event.has_data = true;
    return event;
}

Task<Result<void>> run_trial(Instance& instance) {
    auto done = co_await instance.start();
    for (int i = 0; i < events && done; ++i) {
        auto const frame = co_await instance.call(trial_event(), call_limit);
        if (!frame)
            done = std::unexpected(frame.error());
        else if (frame->kind != WorkerFrame::Kind::ok)
            done = failure(ErrorCode::unavailable, frame->error);
    }
    co_await instance.stop("Tried.", end_limit);
    co_return done;
}

}  // namespace

Result<void> try_powershell(
    PowerShellRuntime const& powershell, std::filesystem::path const& runtime) {
    auto const home = powershell.compiled / "home";
    if (auto const made = make_directories(home, 0755); !made)
        return made;
    InstanceOptions options;
    options.command.arguments = powershell_arguments(powershell, runtime);
    for (auto const& [name, value] : powershell_environment(powershell, runtime))
        options.command.environment[name] = Secret(value);
    options.command.environment["MILLRACE_CODE"] = Secret((runtime / "trial").string());
    options.command.environment["PATH"] = Secret("/usr/local/bin:/usr/bin:/bin");
    options.command.environment["HOME"] = Secret(home.string());
    options.command.environment["TMPDIR"] = Secret(home.string());
    options.command.environment["LANG"] = Secret("C.UTF-8");
    options.command.folder = runtime.string();
    options.function = "/functions/trial";
    options.start_limit = start_limit;
    Result<void> outcome;
    {
        asio::io_context io(1);
        FunctionLog log(io.get_executor(), home / "log.jsonl");
        Instance instance(io.get_executor(), std::move(options), log);
        asio::co_spawn(io, run_trial(instance), [&](std::exception_ptr fault, Result<void> ended) {
            if (fault)
                std::rethrow_exception(fault);
            outcome = std::move(ended);
            io.stop();
        });
        io.run();
    }
    std::error_code ignored;
    std::filesystem::remove_all(home, ignored);
    if (outcome)
        return {};
    return failure(
        ErrorCode::unavailable,
        powershell.program.string() + " cannot run a handler here: " + outcome.error().detail);
}

}  // namespace millrace::runner
