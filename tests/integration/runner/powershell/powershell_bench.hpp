// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/function/function.hpp"
#include "tests/support/temporary_folder.hpp"

namespace millrace::test {

/// The archive of a real PowerShell (MILLRACE_POWERSHELL); empty: the pwsh on the PATH is used.
std::filesystem::path powershell_archive();

/// What is installed from it, once for all tests, in a folder that stays for the next run.
runner::PowerShellRuntime const& installed_powershell();

/// The folder of worker.ps1.
std::filesystem::path powershell_runtime();

/// One PowerShell function with its handler.ps1 in a folder of its own, sandboxed as in local mode.
class PowerShellBench {
public:
    explicit PowerShellBench(std::string const& handler, milliseconds limit = 20s);
    ~PowerShellBench();
    PowerShellBench(PowerShellBench const&) = delete;
    PowerShellBench& operator=(PowerShellBench const&) = delete;

    void set_secret(std::string const& name, std::string const& value);
    void deploy();
    HttpAnswer call(std::string const& data = "{}", std::string const& type = "application/json");
    HttpAnswer call(CloudEvent const& event);
    std::string log() { return function.log().page(2'000); }
    bool logged(std::string const& text) { return log().find(text) != std::string::npos; }
    /// What follows a call's answer, such as the end of its worker.
    bool comes_to_log(std::string const& text);

    asio::io_context io;
    TemporaryFolder folder;
    runner::Isolation isolation;
    runner::PowerShellRuntime powershell;
    Telemetry telemetry;
    AsyncSignal changed;
    runner::RevisionContent content;
    runner::Function function;

private:
    runner::FunctionOptions options() const;
};

}  // namespace millrace::test
