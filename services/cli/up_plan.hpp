// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/base/flags.hpp"

namespace millrace::cli {

/// Where events come from.
enum class SourceMode { simulator, vcsim, vcenter };

/// What `millrace up` was asked for.
struct UpOptions {
    SourceMode source = SourceMode::simulator;
    std::filesystem::path state;
    std::filesystem::path programs;  ///< folder of the other binaries
    std::filesystem::path web;
    std::filesystem::path recipes;
    std::filesystem::path bill;  ///< empty: none is told
    std::filesystem::path runtimes;
    std::string console_listen;
    std::string vcenter;  ///< URL
    std::string user;
    std::string password_file;
    std::string authorities_file;  ///< PEM trusted for vCenter
    bool verify_tls = true;
    std::filesystem::path powershell;  ///< an archive of it; empty: what is there already
    std::string powershell_sha256;     ///< that the archive must have; empty: any
    std::filesystem::path powershell_modules;
    std::filesystem::path vcsim_program;
    std::string rate;
    bool hostile_names = false;
};

std::vector<Flag> up_flags();
/// All faults at once: contradicting flags, missing files.
Checked<UpOptions> read_up_options(FlagValues const& flags, std::filesystem::path programs);

/// One service to run. Pure data: what to start, how to know that it is there.
struct PlannedService {
    std::string name;                    ///< "broker"
    std::vector<std::string> arguments;  ///< the program first; without --listen
    std::string listen;                  ///< of the first start; later the port it got
    bool is_millrace = true;             ///< has --listen and answers /readyz; else only the file
    std::string probe = "/readyz";
    std::filesystem::path address_file;
};

/// Where PowerShell is installed for the functions of this state.
std::filesystem::path powershell_folder(UpOptions const& options);

/// The services in the order they start, each depending only on those before it.
/// `has_powershell`: it is installed in powershell_folder().
std::vector<PlannedService> plan_services(UpOptions const& options, bool has_powershell);

}  // namespace millrace::cli
